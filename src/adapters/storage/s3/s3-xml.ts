import { parseXml, type XmlElement } from '@rgrove/parse-xml';

/** The root of an answer; undefined if the body is not XML, like a proxy's error page. */
export function rootOf(body: string): XmlElement | undefined {
  try {
    return parseXml(body, { ignoreUndefinedEntities: true }).root ?? undefined;
  } catch {
    return undefined;
  }
}

/** The children called `name`, in their order. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child): child is XmlElement => 'name' in child && child.name === name);
}

/** The text of the first child called `name`; undefined if there is no such child. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return childrenOf(element, name)[0]?.text;
}
