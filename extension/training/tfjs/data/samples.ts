// Samples as a training takes them: numbers of one shape each, raw targets, and what to call a sample in a message. Scaling and reshaping to what
// a model takes. It must not know where samples come from.
import { TrainingError } from '../engine.ts';

export interface Samples {
  readonly count: number;
  readonly shape: readonly number[];
  /** All samples one after the other, as they are stored. */
  readonly values: Uint8Array | Float32Array;
  /** The range in which values can lie; undefined where nobody says. */
  readonly range: readonly [number, number] | undefined;
  /** `targetWidth` numbers for each sample. */
  readonly targets: Float32Array;
  readonly targetWidth: number;
  /** Names of the classes that targets count, where they have names. */
  readonly classes: readonly string[] | undefined;
  /** `row 17`, `cats/3.jpg`. */
  readonly describe: (sample: number) => string;
  /** What the whole is called. */
  readonly name: string;
}

/** Moves values: `value * factor + offset`. */
export interface Scaling { readonly factor: number; readonly offset: number }

/** From the range of the stored values to the one in which the program feeds them. */
export function scalingBetween(stored: readonly [number, number] | undefined, wanted: readonly [number, number] | undefined): Scaling {
  if (stored === undefined || wanted === undefined || stored[1] <= stored[0] || wanted[1] <= wanted[0]) return { factor: 1, offset: 0 };
  const factor = (wanted[1] - wanted[0]) / (stored[1] - stored[0]);
  return { factor, offset: wanted[0] - stored[0] * factor };
}

/** The samples in the shape that a model takes: the same numbers in other axes, or pictures of another size or number of channels. */
export function fitSamples(samples: Samples, wanted: readonly number[]): Samples {
  const size = product(wanted), own = product(samples.shape);
  if (wanted.join() === samples.shape.join()) return samples;
  if (size === own) return { ...samples, shape: wanted };
  const [from, to] = [pictureOf(samples.shape), pictureOf(wanted)];
  if (from === undefined || to === undefined) {
    throw new TrainingError(`${samples.name} has samples of shape (${samples.shape.join(', ')}), the model takes (${wanted.join(', ')})`);
  }
  const values = new Float32Array(samples.count * size);
  for (let at = 0; at < samples.count; at += 1) values.set(resize(samples.values.subarray(at * own, (at + 1) * own), from, to), at * size);
  return { ...samples, values, shape: wanted };
}

export interface PictureSize { readonly height: number; readonly width: number; readonly channels: number }

function pictureOf(shape: readonly number[]): PictureSize | undefined {
  const [height, width, channels = 1] = shape;
  // A square that was laid out in a row.
  const side = Math.sqrt(height ?? 0);
  if (shape.length === 1 && Number.isInteger(side)) return { height: side, width: side, channels: 1 };
  return height === undefined || width === undefined || shape.length > 3 ? undefined : { height, width, channels };
}

/**
 * Bilinear, pixels taken at their centres and without smoothing before shrinking, as `tf.image.resize` and `image_dataset_from_directory` do
 * by default. Grey becomes three equal channels; three become their luminance.
 */
export function resize(pixels: Uint8Array | Float32Array, from: PictureSize, to: PictureSize, nearest = false): Float32Array {
  const result = new Float32Array(to.height * to.width * to.channels);
  const read = channelReader(pixels, from.channels, to.channels);
  for (let row = 0; row < to.height; row += 1) {
    const [top, bottom, down] = between(row, from.height, to.height, nearest);
    for (let column = 0; column < to.width; column += 1) {
      const [left, right, across] = between(column, from.width, to.width, nearest);
      for (let channel = 0; channel < to.channels; channel += 1) {
        const upper = mix(read((top * from.width + left) * from.channels, channel), read((top * from.width + right) * from.channels, channel), across);
        const lower = mix(read((bottom * from.width + left) * from.channels, channel), read((bottom * from.width + right) * from.channels, channel), across);
        result[(row * to.width + column) * to.channels + channel] = mix(upper, lower, down);
      }
    }
  }
  return result;
}

function mix(one: number, other: number, part: number): number { return one + (other - one) * part; }

/** The two neighbours of a pixel's centre, and how near it is to the second. */
function between(at: number, size: number, grown: number, nearest: boolean): [number, number, number] {
  const place = ((at + 0.5) * size) / grown - 0.5;
  if (nearest) { const only = Math.min(size - 1, Math.floor(((at + 0.5) * size) / grown)); return [only, only, 0]; }
  const low = Math.floor(place);
  return [Math.max(0, low), Math.min(size - 1, Math.max(0, low + 1)), place - low];
}

function channelReader(pixels: Uint8Array | Float32Array, own: number, wanted: number): (pixel: number, channel: number) => number {
  if (own >= 3 && wanted === 1) return (pixel) => 0.299 * (pixels[pixel] ?? 0) + 0.587 * (pixels[pixel + 1] ?? 0) + 0.114 * (pixels[pixel + 2] ?? 0);
  if (own < 3) return (pixel, channel) => (channel === 3 ? 255 : (pixels[pixel] ?? 0));
  return (pixel, channel) => (channel < own ? (pixels[pixel + channel] ?? 0) : 255);
}

export function product(shape: readonly number[]): number {
  return shape.reduce((result, size) => result * size, 1);
}
