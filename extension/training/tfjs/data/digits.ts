// The data set that comes with the extension: 1,797 handwritten digits of 8 × 8 pixels from 0 to 16 (README.md beside the file says whose).
// It must not know models.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Samples } from './samples.ts';

export const digitsFile = 'digits.gz';

/** The file holds all pixels, a byte each, then the labels. */
export function readDigits(folder: string): Samples {
  const bytes = gunzipSync(readFileSync(path.join(folder, digitsFile))), count = bytes.length / 65;
  return {
    count, shape: [8, 8, 1], values: new Uint8Array(bytes.subarray(0, count * 64)), range: [0, 16], targets: Float32Array.from(bytes.subarray(count * 64)), targetWidth: 1,
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)), describe: (sample) => `digit ${sample + 1}`, name: 'the packaged digits',
  };
}
