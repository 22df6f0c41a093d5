// The page's side of the layout's worker: asks for the newest layout only, whatever is asked for meanwhile.
// Knows no drawing.
import { source } from 'inlayer:layout-worker';
import type { Layout, LayoutRequest } from './layout.ts';

export interface LayoutClient { readonly layOut: (request: Omit<LayoutRequest, 'id'>) => Promise<Layout | undefined> }

/** Undefined comes back where a newer request has overtaken this one. */
export function makeLayoutClient(): LayoutClient {
  // Pages of VS Code may load workers from blobs and data only, not from files of the extension.
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  let lastId = 0;
  const waiting = new Map<number, { readonly resolve: (layout: Layout | undefined) => void; readonly reject: (error: Error) => void }>();
  worker.onmessage = ({ data }: MessageEvent<Layout | { readonly id: number; readonly failure: string }>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('failure' in data) asked?.reject(new Error(data.failure));
    else asked?.resolve(data.id === lastId ? data : undefined);
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message));
    waiting.clear();
  };
  return {
    layOut: (request) => new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, ...request });
    }),
  };
}
