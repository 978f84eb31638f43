/**
 * The words of the labeling component, as types. Nothing here runs; `docs/contributing/label-types-js.md` explains.
 *
 * @typedef {import('../core/json.js').Json} Json
 * @typedef {import('../core/store.js').Answer} Answer
 * @typedef {import('../core/store.js').ValueStore} ValueStore
 * @typedef {import('../core/scope.js').Scope} Scope
 * @typedef {import('../core/keys.js').Keys} Keys
 * @typedef {import('../core/commands.js').Commands} Commands
 * @typedef {import('../core/selection.js').Selection} Selection
 * @typedef {import('../core/state-node.js').StateNode} StateNode
 *
 * @typedef {object} Option an option of a choice or a class of a region, normalized
 * @property {string} name the key in the data
 * @property {string} title what people read
 * @property {string} [color] any CSS color; without one the palette's color of its index
 * @property {string} [hotkey]
 * @property {string} [description]
 * @property {Field[]} [attributes] of the regions of this class
 *
 * @typedef {{name: string, type: string, title: string, description?: string, on?: string | null, required?: boolean,
 *   show_if?: {[field: string]: string[]} | null, hotkey?: string | null, options?: Option[], classes?: Option[],
 *   multiple?: boolean, min?: number | null, max?: number | null, display?: string, step?: number | null, unit?: string,
 *   labels?: string[], multiline?: boolean, min_length?: number | null, max_length?: number | null,
 *   overlap?: boolean | string, snap?: string, min_size?: number | null, min_seconds?: number | null, max_count?: number | null, [setting: string]: unknown}} Field
 *   a field of the ontology, normalized: bare strings became options, settings beside the common keys
 *
 * @typedef {{name: string, kind: string, source: string}} MediaSpec
 * @typedef {{media: MediaSpec[], fields: Field[]}} Ontology
 *
 * @typedef {{kind: 'text', text: string}} TextMedia
 * @typedef {{kind: 'image', url: string, width: number, height: number}} ImageMedia
 * @typedef {{kind: 'audio', url: string | null, peaks: string | null, seconds: number | null}} AudioMedia `seconds` are
 *   null where the server does not know the format
 * @typedef {TextMedia | ImageMedia | AudioMedia} Media
 * @typedef {{data: {[key: string]: Json}, meta?: {[key: string]: Json}, media: {[name: string]: Media}}} Item
 *
 * @typedef {{path: string, message: string}} Problem path as the server's: relative to the field's value in a label
 *   type (`[3].box[2]`, or empty), to the answer outside (`objects[3].box[2]`)
 * @typedef {{name: string, color?: string, value: Answer}} Other somebody's answer, shown in review
 * @typedef {{name: string, color: string, value: Json | undefined}} OtherValue the same for one field
 * @typedef {'label' | 'preview' | 'gold' | 'review'} Mode
 *
 * @typedef {{fontSize?: number, lineHeight?: number, font?: 'sans' | 'serif' | 'mono', keys?: Record<string, string>,
 *   [name: string]: unknown}} Preferences of this person; `keys` binds command ids anew
 *
 * @typedef {(text: string, values?: Record<string, string | number>) => string} Translate fills `{name}` in
 *
 * @typedef {object} Region a value with a place
 * @property {string} id
 * @property {string} class
 * @property {{[name: string]: Json}} [attributes] absent when there are none
 *
 * @typedef {object} Ctx what a label type gets, one per field, for the life of the ontology (not of the item)
 * @property {Field} field
 * @property {number} index 0-based place among the fields
 * @property {Media | null} media of the present item (a getter: read it when needed), null without `on`
 * @property {ValueStore} store this field's value, with undo; its listeners are called with reason `load` per item,
 *   after the surface got the new medium
 * @property {Selection} selection of regions, shared by all fields
 * @property {import('../core/keys.js').KeyLayer} keys awake while this field is the active one
 * @property {import('../core/keys.js').KeyLayer} direct awake whenever the field is asked: hotkeys that need no focus;
 *   those of the active field win
 * @property {Map<string, string>} hotkeys option or class name to key, given by the manager or by us
 * @property {Keys} allKeys to make a layer of one's own
 * @property {Surface | null} surface of the medium named by `on`
 * @property {Scope} scope ends when the ontology changes or the component goes away
 * @property {boolean} readOnly
 * @property {Mode} mode
 * @property {Preferences} preferences
 * @property {Translate} t
 * @property {(text: string) => void} announce says it to screen readers (polite) and shows it for a moment
 * @property {() => boolean} active whether this field is the active one
 * @property {() => void} submit what Enter does
 * @property {() => void} began what a tool has begun is another now: see Tool
 * @property {() => void} activate makes this field the active one (its tool gets the surface)
 * @property {() => OtherValue[]} others in review: the answers of others to this field, else empty
 * @property {(field: Field, store: ValueStore, scope: Scope) => Panel} nested the panel of another field, for
 *   attributes of regions
 *
 * @typedef {object} Panel what stands at the side
 * @property {HTMLElement} element
 * @property {() => void} focus
 *
 * @typedef {object} Tool what a label type does on a surface
 * @property {StateNode} root entered when the field becomes active, left when it stops being so; gets the surface's
 *   pointer and key events by `dispatch`
 * @property {() => string | null} [unfinished] why the answer cannot be sent in the middle of what was begun
 * @property {() => Json | null} [begun] what was begun and is not in the answer yet, to be kept with the draft
 * @property {(begun: Json) => void} [resume] goes on from what `begun` gave, perhaps long ago
 *
 * @typedef {object} LabelTypeModule default export of `static/js/labeltypes/<kind>/index.js`
 * @property {string} kind
 * @property {'text' | 'image' | 'audio' | null} surface
 * @property {(ctx: Ctx) => Panel} createPanel
 * @property {(ctx: Ctx) => Tool} [createTool] only with a surface; called once, after createPanel
 * @property {(value: Json, field: Field, media: Media | null) => Problem[]} validate says what the server's `clean`
 *   would say, as far as the browser can know; never called for an absent value
 * @property {(value: Json, field: Field) => string} summarize one short line
 * @property {(value: Json, field: Field) => string[]} [steps] of a value that is an order: its parts, to be shown one
 *   below the other
 * @property {(value: Json, field: Field) => Json | undefined} [canonical] for the answer that is sent: order, rounding
 * @property {(a: Json | undefined, b: Json | undefined, field: Field) => boolean} [differs] whether two answers say
 *   different things; default: not the same JSON
 * @property {(yours: Json | undefined, other: Json | undefined, field: Field) => string} [contrast] how `yours` differs
 *   from the other in words, where two summaries would not tell: of regions
 *
 * @typedef {object} SurfaceCtx
 * @property {MediaSpec} spec
 * @property {Scope} scope
 * @property {Keys} keys
 * @property {Selection} selection
 * @property {Preferences} preferences
 * @property {(patch: Partial<Preferences>) => void} savePreferences
 * @property {boolean} readOnly
 * @property {Mode} mode
 * @property {Translate} t
 * @property {(text: string) => void} announce
 *
 * @typedef {object} Surface where a medium is shown. Each kind adds what its tools need (see its index.js)
 * @property {string} kind
 * @property {HTMLElement} element
 * @property {(media: Media) => void} setMedia another item; must not rebuild what can be kept
 * @property {(tool: Tool | null) => void} setTool the one that gets pointer events now
 * @property {() => void} focus
 *
 * @typedef {object} SurfaceModule default export of `static/js/surfaces/<kind>/index.js`
 * @property {string} kind
 * @property {(ctx: SurfaceCtx) => Surface} createSurface
 */

export {};
