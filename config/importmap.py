"""The import map: where the browser finds each JavaScript module, under its hashed name.

Modules import each other by relative paths; the browser resolves those to the plain addresses, and the map
leads from there to the hashed files. So a change of one module changes one address.
"""
