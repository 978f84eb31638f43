/**
 * What label types and this surface say to each other. Nothing here runs.
 *
 * Geometry apart from gesture apart from drawing: a `ShapeKind` holds the pure geometry of one kind of shape and how
 * its lines are drawn; the tools in `tools/` move any kind; a `ShapeLayer` is one field's share of the picture.
 *
 * @typedef {import('./viewport.js').View} View
 * @typedef {import('./viewport.js').Size} Size
 * @typedef {import('./viewport.js').Point} Point
 * @typedef {import('./viewport.js').Box} Box
 *
 * @typedef {object} ShapeStyle
 * @property {string} color any CSS color
 * @property {readonly number[]} dash empty: a solid line
 * @property {number} width CSS pixels
 * @property {string} title text drawn beside the shape where there is room, or ''
 *
 * @typedef {object} Shape
 * @property {string} id
 * @property {any} geometry what its kind understands, in pixels of the full-size image
 * @property {ShapeStyle} style
 * @property {boolean} fixed drawn, but not to be picked: locked, or somebody else's
 *
 * @typedef {{id: string, x: number, y: number, cursor: string, look?: GripLook}} Grip a handle, in image pixels
 * @typedef {'point' | 'middle' | 'chosen' | 'closing'} GripLook a corner that can be dragged; where one can be put in;
 *   one that keys act upon; the one that a click would end the outline at
 *
 * @typedef {object} ShapeKind
 * @property {string} kind
 * @property {(geometry: any) => Box} bounds
 * @property {(geometry: any) => number} area the smaller of two is picked first
 * @property {(geometry: any, at: Point, tolerance: number) => boolean} hit
 * @property {(geometry: any) => Grip[]} grips
 * @property {(geometry: any, grip: string, to: Point, image: Size) => any} drag one grip to a point
 * @property {(geometry: any, dx: number, dy: number, image: Size) => any} move
 * @property {(geometry: any, dw: number, dh: number, image: Size, least: number) => any} [grow] by keys: right and
 *   bottom side, none smaller than `least`
 * @property {(context: CanvasRenderingContext2D, geometry: any, view: View) => void} stroke
 * @property {(context: CanvasRenderingContext2D, geometry: any, view: View) => void} fill
 * @property {number} [tint] how opaque the inside of every shape is; default: only lines
 *
 * @typedef {object} ShapeLayer
 * @property {string} id
 * @property {ShapeKind} kind
 * @property {() => void} [activate] makes the layer's field the active one
 * @property {(shape: Shape, view: View) => Grip[]} [grips] those of a selected shape; default: its kind's
 * @property {() => readonly Shape[]} shapes those that are visible, the uppermost last; the same array as long as nothing changed
 *
 * @typedef {Point & {radius: number, erase: boolean}} Ring a brush: where it is in image pixels, its radius in CSS pixels
 *
 * @typedef {object} PointerInfo what a tool's state gets with an event
 * @property {Point} at image pixels, not clipped to the image
 * @property {Point} screen CSS pixels of the surface
 * @property {boolean} shift
 * @property {boolean} alt
 * @property {boolean} mod Ctrl or ⌘
 * @property {boolean} touch
 *
 * @typedef {{layer: ShapeLayer, shape: Shape}} Picked
 * @typedef {Picked & {marks?: readonly Grip[]}} Draft what is being drawn, with what stands out on it
 * @typedef {{shape: Shape, grip: Grip, from: Point}} Held a grip and where it was taken, CSS pixels
 *
 * @typedef {object} Target what a tool works on: one field's shapes on the surface
 * @property {ShapeLayer} layer
 * @property {import('./surface.js').ImageSurface} surface
 * @property {import('../../core/selection.js').Selection} selection
 * @property {boolean} editable
 * @property {(geometry: any) => string | null} refuse why a geometry cannot be accepted, or null
 * @property {(changes: ReadonlyMap<string, any>, merge?: string) => void} commit new geometries by id, as one undo step
 * @property {(text: string) => void} announce
 * @property {(held: Held, info: PointerInfo) => void} [tap] a grip was pressed and let go without moving it; dragging then
 *   begins a few pixels later
 */

export {};
