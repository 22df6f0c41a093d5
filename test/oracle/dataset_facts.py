"""What real tf.data and Keras say of data sets: element specification and number of elements of small programs.

    python test/oracle/dataset_facts.py > test/catalogues/datasets/dataset-facts.json

Each program binds `ds`. A data set gives its `element_spec` and `cardinality()`; anything else (arrays, the batch of an iterator) its shapes and
types. Programs run in a folder that holds data/pets/{bird,cat,dog} with 4, 5 and 3 pictures and data/mood/{bad,good} with 3 texts each.
"""
import json
import os
import sys
import tempfile

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras
import numpy as np
import tensorflow as tf

HEAD = 'import numpy as np\nimport tensorflow as tf\nimport keras\n'
PROGRAMS = """
ds = tf.data.Dataset.range(10)
ds = tf.data.Dataset.range(3, 20, 4)
ds = tf.data.Dataset.range(10, 0, -3)
ds = tf.data.Dataset.range(10).map(lambda x: x * 2).batch(3)
ds = tf.data.Dataset.range(10).batch(3, drop_remainder=True)
ds = tf.data.Dataset.range(10).batch(3).map(lambda x: (x, x + 1))
ds = tf.data.Dataset.range(10).batch(5).unbatch()
ds = tf.data.Dataset.range(10).batch(2).batch(3)
ds = tf.data.Dataset.range(10).repeat()
ds = tf.data.Dataset.range(10).repeat(3).shuffle(5).cache().prefetch(tf.data.AUTOTUNE)
ds = tf.data.Dataset.range(10).repeat().take(7)
ds = tf.data.Dataset.range(10).repeat().batch(4)
ds = tf.data.Dataset.range(10).take(3)
ds = tf.data.Dataset.range(10).take(30)
ds = tf.data.Dataset.range(10).take(-1)
ds = tf.data.Dataset.range(10).skip(4)
ds = tf.data.Dataset.range(10).skip(40)
ds = tf.data.Dataset.range(10).shard(3, 1)
ds = tf.data.Dataset.range(10).shard(3, 0)
ds = tf.data.Dataset.range(10).filter(lambda x: x > 3)
ds = tf.data.Dataset.range(10).enumerate()
ds = tf.data.Dataset.range(10).concatenate(tf.data.Dataset.range(5))
ds = tf.data.Dataset.range(10).window(3)
ds = tf.data.Dataset.range(10).window(3, drop_remainder=True).flat_map(lambda w: w.batch(3))
ds = tf.data.Dataset.range(10).window(5, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(5)).batch(4)
ds = tf.data.Dataset.range(10).window(5, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(5, drop_remainder=True)).map(lambda w: (w[:-1], w[-1:]))
ds = tf.data.Dataset.from_tensor_slices([1, 2, 3])
ds = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0]).batch(2)
ds = tf.data.Dataset.from_tensor_slices([[1, 2], [3, 4], [5, 6]])
ds = tf.data.Dataset.from_tensor_slices((np.zeros((8, 28, 28)), np.zeros(8, dtype='int32')))
ds = tf.data.Dataset.from_tensor_slices((np.zeros((8, 28, 28), 'uint8'), np.zeros((8, 1), dtype='int64'))).shuffle(8).batch(3)
ds = tf.data.Dataset.from_tensor_slices({'a': np.zeros((8, 4), 'float32'), 'b': ['x'] * 8})
ds = tf.data.Dataset.from_tensor_slices(({'a': np.zeros((8, 4), 'float32')}, np.ones((8, 2)))).batch(4, drop_remainder=True)
ds = tf.data.Dataset.from_tensor_slices((np.zeros((8, 3)), np.zeros(8))).map(lambda x, y: (tf.cast(x, tf.float32), tf.cast(y, tf.int32)))
ds = tf.data.Dataset.from_tensor_slices((np.zeros((8, 3)), np.zeros(8))).map(lambda x, y: x).batch(2)
ds = tf.data.Dataset.from_tensor_slices({'a': np.zeros((8, 4)), 'b': np.zeros(8)}).map(lambda row: (row['a'], row['b']))
ds = tf.data.Dataset.from_tensor_slices((np.zeros((8, 3)), np.zeros(8))).map(lambda x, y: {'x': x, 'y': y})
ds = tf.data.Dataset.from_tensor_slices(np.zeros((8, 3))).map(lambda x: (x, [1.0, 2.0], 3))
ds = tf.data.Dataset.from_tensor_slices((np.zeros((8, 3)), np.zeros(8))).filter(lambda x, y: y > 0).batch(2)
ds = tf.data.Dataset.from_tensors(np.zeros((8, 3)))
ds = tf.data.Dataset.from_tensors((np.zeros((8, 3)), 1)).repeat(4)
ds = tf.data.Dataset.from_tensor_slices(np.zeros((8, 3))).repeat(2).batch(5)
ds = tf.data.Dataset.zip((tf.data.Dataset.range(4), tf.data.Dataset.range(7).batch(2)))
ds = tf.data.Dataset.zip(tf.data.Dataset.range(4), tf.data.Dataset.range(7))
ds = tf.data.Dataset.zip((tf.data.Dataset.range(4).repeat(), (tf.data.Dataset.range(7), tf.data.Dataset.range(9))))
ds = tf.data.Dataset.from_generator(lambda: iter([1]), output_signature=tf.TensorSpec(shape=(), dtype=tf.int32))
ds = tf.data.Dataset.from_generator(lambda: iter([1]), output_signature=(tf.TensorSpec(shape=(None, 3), dtype=tf.float32), tf.TensorSpec(shape=(), dtype=tf.int64))).batch(4)
ds = tf.data.Dataset.from_generator(lambda: iter([1]), (tf.float32, tf.int32), ((28, 28, 1), ()))
ds = tf.data.Dataset.from_generator(lambda: iter([1]), (tf.float32, tf.int32))
ds = tf.data.Dataset.from_generator(lambda: iter([1]), tf.float32, output_shapes=[None, 4]).padded_batch(3)
ds = tf.data.Dataset.from_generator(lambda: iter([1]), output_signature=(tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.int32))).padded_batch(4, padded_shapes=([None], []))
ds = tf.data.Dataset.from_generator(lambda: iter([1]), output_signature=tf.TensorSpec((None,), tf.int32)).padded_batch(4, padded_shapes=[20], drop_remainder=True)
ds = tf.data.Dataset.list_files('data/pets/cat/*')
ds = tf.data.TextLineDataset('data/mood/good/0.txt')
ds = tf.data.TFRecordDataset(['a.tfrecord'])
ds = tf.data.Dataset.range(4).interleave(lambda x: tf.data.Dataset.from_tensors(x).repeat(3), cycle_length=2)
ds = tf.data.Dataset.range(4).flat_map(lambda x: tf.data.Dataset.range(2).map(lambda y: (y, y)))
ds = tf.data.Dataset.range(10).apply(lambda d: d.batch(2))
ds = tf.data.Dataset.range(10).apply(tf.data.experimental.assert_cardinality(10))
ds = tf.data.Dataset.range(10).scan(0, lambda s, x: (s + 1, (x, s)))
ds = tf.data.Dataset.sample_from_datasets([tf.data.Dataset.range(3).repeat(), tf.data.Dataset.range(4).repeat()])
ds = tf.data.Dataset.range(10).reduce(np.int64(0), lambda s, x: s + x)
ds = tf.data.Dataset.range(10).cardinality()
ds = list(tf.data.Dataset.range(10).batch(4).take(1))[0]
ds = next(iter(tf.data.Dataset.from_tensor_slices((np.zeros((8, 3)), np.zeros(8, 'int32')))))
ds = next(tf.data.Dataset.from_tensor_slices((np.zeros((8, 3)), np.zeros(8, 'int32'))).as_numpy_iterator())
ds = keras.utils.image_dataset_from_directory('data/pets')
ds = keras.utils.image_dataset_from_directory('data/pets', image_size=(64, 48), batch_size=4, color_mode='grayscale')
ds = keras.utils.image_dataset_from_directory('data/pets', label_mode='categorical', image_size=(32, 32), batch_size=None)
ds = keras.utils.image_dataset_from_directory('data/pets', label_mode=None, image_size=(32, 32), batch_size=5)
ds = keras.utils.image_dataset_from_directory('data/pets', labels=None, image_size=(32, 32), batch_size=5)
ds = keras.utils.image_dataset_from_directory('data/pets', validation_split=0.25, subset='training', seed=1, batch_size=2)
ds = keras.utils.image_dataset_from_directory('data/pets', validation_split=0.25, subset='validation', seed=1, batch_size=2)
ds = keras.utils.image_dataset_from_directory('data/pets', validation_split=0.25, subset='both', seed=1, batch_size=2)[0]
ds = keras.utils.image_dataset_from_directory('data/pets', validation_split=0.25, subset='both', seed=1, batch_size=2)[1].unbatch()
ds = keras.utils.image_dataset_from_directory('data/pets', class_names=['dog', 'cat', 'bird'], label_mode='categorical', color_mode='rgba')
ds = keras.utils.text_dataset_from_directory('data/mood')
ds = keras.utils.text_dataset_from_directory('data/mood', label_mode='binary', batch_size=4)
ds = keras.utils.timeseries_dataset_from_array(np.zeros((100, 3)), np.zeros(100), sequence_length=10, batch_size=16)
ds = keras.utils.timeseries_dataset_from_array(np.zeros((100, 3), 'float32'), None, sequence_length=10, sequence_stride=3, sampling_rate=2, batch_size=None)
ds = keras.utils.timeseries_dataset_from_array(np.zeros(100), np.zeros((90, 2)), sequence_length=10, start_index=5, end_index=80)
ds = keras.utils.split_dataset(tf.data.Dataset.range(10), left_size=0.8)[1]
ds = keras.utils.split_dataset(tf.data.Dataset.range(10), right_size=4)[0]
ds = keras.utils.to_categorical([0, 2, 1])
ds = keras.utils.to_categorical(np.array([[0], [2], [1]]), num_classes=5)
ds = keras.utils.to_categorical(np.zeros((4, 6), 'int32'), 3)
ds = keras.utils.to_categorical(tf.constant([0, 2, 1]), 3)
ds = keras.utils.pad_sequences([[1, 2, 3], [4, 5]])
ds = keras.utils.pad_sequences([[1, 2, 3], [4, 5]], maxlen=10, dtype='float32')
ds = next(tf.keras.preprocessing.image.ImageDataGenerator().flow(np.zeros((9, 8, 8, 1)), np.zeros((9, 3)), batch_size=4))
ds = tf.keras.preprocessing.image.ImageDataGenerator().flow_from_directory('data/pets').classes
ds = np.array(len(tf.keras.preprocessing.image.ImageDataGenerator().flow_from_directory('data/pets', batch_size=5)))
""".strip().split('\n')


def describe(value):
    if isinstance(value, tf.data.Dataset):
        return {'element': describe(value.element_spec), 'cardinality': int(value.cardinality())}
    if type(value) in (tuple, list):
        return [describe(one) for one in value]
    if isinstance(value, dict):
        return {str(key): describe(one) for key, one in value.items()}
    if isinstance(value, tf.data.DatasetSpec):
        return {'element': describe(value.element_spec), 'cardinality': -2}
    shape = value.shape
    dims = 'unknown' if getattr(shape, 'rank', 0) is None else ','.join(str(one) for one in shape)
    return f'({dims}) {getattr(value.dtype, "name", value.dtype)}'


def main():
    facts = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, count in [('bird', 4), ('cat', 5), ('dog', 3)]:
            os.makedirs(f'data/pets/{name}')
            for at in range(count):
                tf.io.write_file(f'data/pets/{name}/{at}.png', tf.io.encode_png(np.zeros((10, 12, 3), 'uint8')))
        for name in ['bad', 'good']:
            os.makedirs(f'data/mood/{name}')
            for at in range(3):
                with open(f'data/mood/{name}/{at}.txt', 'w') as file:
                    file.write('a word\n')
        for program in PROGRAMS:
            scope = {}
            output = sys.stdout
            sys.stdout = sys.stderr
            try:
                exec(HEAD + program, scope)
                facts.append({'program': program, 'gives': describe(scope['ds'])})
            except Exception as error:
                print(program, error, file=sys.stderr)
                raise
            finally:
                sys.stdout = output
        os.chdir('/')
    print('[\n' + ',\n'.join(json.dumps(one) for one in facts) + '\n]')


main()
