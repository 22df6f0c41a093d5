// Downloads of the Hugging Face hub and its files of weights: nothing is fetched, so a file's path and a file's tensors are not known. Libraries
// that load published weights by way of them go on as if they had them. It must not know which libraries do.
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { builtinClasses } from '../python/classes.ts';

const unknownPath = nativeFunction('path', undefined, () => unknown(undefined, 'str'));
const silent = nativeFunction('silent', undefined, () => none);
const unknownResult = nativeFunction('result', undefined, () => unknown());

function exceptions(...names: readonly string[]): Readonly<Record<string, Value>> {
  const bases = [builtinClasses['Exception']].flatMap((one) => one ?? []);
  return Object.fromEntries(names.map((name) => [name, nativeClass({ name, qualifiedName: `huggingface_hub.errors.${name}`, bases })]));
}

const errors = exceptions('HfHubHTTPError', 'EntryNotFoundError', 'LocalEntryNotFoundError', 'RepositoryNotFoundError', 'GatedRepoError', 'RevisionNotFoundError', 'HFValidationError', 'OfflineModeIsEnabled');

// Its methods ask the hub: what is not listed is unknown.
const apiClass: ClassValue = nativeClass({ name: 'HfApi', qualifiedName: 'huggingface_hub.hf_api.HfApi', members: { upload_file: nativeMethod('upload_file', undefined, () => unknown()), upload_folder: nativeMethod('upload_folder', undefined, () => unknown()) } });

const hub: Readonly<Record<string, Value>> = {
  ...errors, HfApi: apiClass, hf_hub_download: unknownPath, snapshot_download: unknownPath, cached_download: unknownPath, hf_hub_url: unknownPath, try_to_load_from_cache: unknownResult,
  model_info: unknownResult, dataset_info: unknownResult, list_repo_files: unknownResult, create_repo: unknownResult, upload_file: unknownResult, upload_folder: unknownResult, get_token: unknownResult,
  login: silent, logout: silent, notebook_login: silent, interpreter_login: silent, __version__: unknown(undefined, 'str'),
};

/** A file's tensors by name: which they are is not known. */
const tensorsOfFile = nativeFunction('load_file', "filename, device='cpu', *, backend=None", () => ({ kind: 'dict', entries: new Map(), open: true }));
const tensorsOfBytes = nativeFunction('load', 'data', () => ({ kind: 'dict', entries: new Map(), open: true }));

const openFile: ClassValue = nativeClass({
  name: 'safe_open', qualifiedName: 'safetensors.safe_open',
  members: {
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')), __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    keys: nativeMethod('keys', 'self', () => unknown(undefined, 'list')), metadata: nativeMethod('metadata', 'self', () => unknown(undefined, 'dict')),
    get_tensor: nativeMethod('get_tensor', 'self, name', () => unknown()), get_slice: nativeMethod('get_slice', 'self, name', () => unknown()),
  },
});

const files: Readonly<Record<string, Value>> = {
  load_file: tensorsOfFile, load: tensorsOfBytes, save_file: silent, save: unknownResult,
};

export const huggingfaceCatalogue: Catalogue = {
  modules: {
    huggingface_hub: () => hub,
    'huggingface_hub.utils': () => ({ ...errors, logging: unknown(), disable_progress_bars: silent, enable_progress_bars: silent }),
    'huggingface_hub.errors': () => errors,
    'huggingface_hub.file_download': () => ({ hf_hub_download: unknownPath, hf_hub_url: unknownPath }),
    safetensors: () => ({ safe_open: openFile, ...exceptions('SafetensorError'), __version__: unknown(undefined, 'str') }),
    'safetensors.torch': () => ({ ...files, load_model: nativeFunction('load_model', "model, filename, strict=True, device='cpu', *, backend=None", () => unknown(undefined, 'tuple')), save_model: silent }),
    'safetensors.numpy': () => files,
    'safetensors.tensorflow': () => files,
  },
};
