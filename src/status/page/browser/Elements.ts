/**
 * Elements of the page. Names of peers and reasons of failures come from outside, so they only ever become text nodes,
 * never markup.
 */

/** An element of the document. Throws if the document lacks it. */
export const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no element ${id}`)
  return element
}

/** An element below another one, by its class. */
export const below = (element: HTMLElement, kind: string): Element => {
  const found = element.querySelector(`.${kind}`)
  if (found === null) throw new Error(`${element.id} has no element of class ${kind}`)
  return found
}

export const node = (name: string, kind: string, text: string): HTMLElement => {
  const element = document.createElement(name)
  if (kind !== "") element.className = kind
  element.textContent = text
  return element
}

/** Changes a text only if it differs, so that selections stay and screen readers are not interrupted. */
export const say = (id: string, text: string): void => {
  const element = byId(id)
  if (element.textContent !== text) element.textContent = text
}

export const timeNode = (at: number, text: string): HTMLElement => {
  const element = document.createElement("time")
  element.textContent = text
  element.dateTime = new Date(at).toISOString()
  return element
}
