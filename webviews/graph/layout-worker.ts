// The layout in a worker of its own: the page stays free while a large graph is laid out. The page starts it from its text, since
// pages of VS Code may load workers from blobs only.
import type { LayoutRequest } from './layout.ts';
import { layOut } from './layout.ts';

interface WorkerScope {
  onmessage: ((event: { readonly data: LayoutRequest }) => void) | null;
  postMessage(message: unknown): void;
}
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  try {
    scope.postMessage(layOut(data));
  } catch (error) {
    scope.postMessage({ id: data.id, failure: error instanceof Error ? error.message : String(error) });
  }
};
