// The drawing as a file: an SVG that needs no style sheet, since what its elements look like is written into them, and the same as a PNG.
// Knows the drawing's elements, nothing of graphs.

/** What of an element's looks is written into it. */
const looks = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline'] as const;
const border = 16;

export interface Picture { readonly svg: string; readonly width: number; readonly height: number }

/** The whole drawing, whatever part of it is looked at. */
export function makePicture(drawing: SVGSVGElement, content: SVGGElement, title: string, size: { readonly width: number; readonly height: number }): Picture {
  const [width, height] = [Math.ceil(size.width + 2 * border), Math.ceil(size.height + 2 * border)];
  const copy = content.cloneNode(true) as SVGGElement;
  copyLooks(content, copy);
  copy.removeAttribute('style');
  copy.setAttribute('transform', `translate(${border} ${border})`);
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({ xmlns: 'http://www.w3.org/2000/svg', width: String(width), height: String(height), viewBox: `0 0 ${width} ${height}` })) picture.setAttribute(name, value);
  const heading = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  heading.textContent = title;
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: getComputedStyle(drawing).backgroundColor })) ground.setAttribute(name, value);
  picture.append(heading, ground, copy);
  return { svg: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`, width, height };
}

function copyLooks(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  const isDrawn = ['rect', 'path', 'text', 'circle'].includes(from.tagName);
  for (const name of [...to.attributes].map((attribute) => attribute.name)) if (!kept.has(name)) to.removeAttribute(name);
  if (isDrawn) for (const name of looks) {
    const value = style.getPropertyValue(name);
    if (value !== '' && value !== 'none' || name === 'fill') to.setAttribute(name, value);
  }
  if (from instanceof SVGGElement && from.style.transform !== '') to.setAttribute('transform', from.style.transform.replaceAll('px', '').replace(',', ' '));
  for (const [at, child] of [...from.children].entries()) {
    const copied = to.children[at];
    if (copied !== undefined) copyLooks(child, copied);
  }
}
const kept = new Set(['x', 'y', 'width', 'height', 'rx', 'd', 'transform']);

/** No browser draws larger ones. */
const longestSide = 12_000, mostPoints = 64_000_000;

/** In base64. */
export async function toPng({ svg, width, height }: Picture): Promise<string> {
  const scale = Math.min(2, longestSide / Math.max(width, height), Math.sqrt(mostPoints / (width * height)));
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const data = canvas.toDataURL('image/png');
    return data.slice(data.indexOf(',') + 1);
  } finally {
    URL.revokeObjectURL(address);
  }
}
