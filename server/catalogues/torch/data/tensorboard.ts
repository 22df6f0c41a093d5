// torch.utils.tensorboard's SummaryWriter: it writes files and gives nothing. It must not know what is written.
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import type { ClassValue } from '../../../values/value.ts';
import { none, unknown } from '../../../values/value.ts';

const methods = [
  'add_scalar', 'add_scalars', 'add_histogram', 'add_histogram_raw', 'add_image', 'add_images', 'add_image_with_boxes', 'add_figure', 'add_video', 'add_audio', 'add_text',
  'add_onnx_graph', 'add_graph', 'add_embedding', 'add_pr_curve', 'add_custom_scalars', 'add_custom_scalars_marginchart', 'add_mesh', 'add_hparams', 'add_tensor', 'flush', 'close',
];

export const summaryWriterClass: ClassValue = nativeClass({
  name: 'SummaryWriter', qualifiedName: 'torch.utils.tensorboard.SummaryWriter',
  members: {
    __init__: nativeMethod('SummaryWriter', "self, log_dir=None, comment='', purge_step=None, max_queue=10, flush_secs=120, filename_suffix=''", ({ args }) => {
      const self = args.get('self');
      if (self.kind === 'instance') setInstanceAttribute(self, 'log_dir', args.isNone('log_dir') ? unknown(undefined, 'str') : args.get('log_dir'));
      return none;
    }),
    ...Object.fromEntries(methods.map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
    get_logdir: nativeMethod('get_logdir', 'self', () => unknown(undefined, 'str')),
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
  },
});
