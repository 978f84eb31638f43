import { normalizeOntology } from "../../label/ontology.js";

/**
 * What a class of a quiz is called: with the title of its field where several are asked.
 * @param {unknown} definition of the ontology
 * @param {string} fieldName
 * @param {string} name of a class, an option, the first of a ranking, or a level of a scale
 */
export function titleOfClass(definition, fieldName, name) {
  const { fields } = normalizeOntology(definition);
  const field = fields.find((one) => one.name === fieldName);
  if (!field) return name;
  const option = [...(field.classes ?? []), ...(field.options ?? [])].find((one) => one.name === name);
  const title = option?.title ?? name;
  const said = field.type === "ranking" ? `${title} first` : title;
  return fields.length > 1 || !option ? `${field.title}: ${said}` : said;
}
