// The vocabulary of people who write down shapes: which names are sizes, which words announce a shape, and which words are never sizes.
// The lists follow how often names are used in public model code. It must not know where a word stands.
import { isCapital, isDigit } from './tokens.ts';

/** `size`: names a size. `letter`: a small letter that often does. `plain`: a name like any other. `other`: names something that is no size. */
export type WordSense = 'size' | 'letter' | 'plain' | 'other';

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => word !== ''));

/** Words that are sizes by themselves. */
const sizes = setOf(`
  batch batches batchsize bs bsz bz minibatch channels channel chan chans ch height width depth heads head tokens token time timesteps timestep steps frames frame
  features feature feats feat classes dim dims ndim ndims dimension dimensions hidden seq seqlen sequence sequences length len vocab patches nodes edges points experts
  pixels windows boxes anchors words chars units samples rows cols columns emb embed embedding embeddings embd embdim hid latent bins mels 
  cameras beams beam neurons frequency freq freqs bands capacity size
  ngf ndf nh hs hd nc nf nz ng nd nq nk nv nt nl dk dv dh dm df di bt hw wh ws sl tl ql kl vl bh bn nhead nheads nhid ninp ntoken ntokens nclass nclasses nlayers
`);

/** Parts that make a name of several parts a size: `num_heads`, `head_dim`, `seq_length`. */
const quantities = setOf(`
  num n nb nr no number count size sizes sz len length lengths dim dims d max total h w k t c b batch channels channel heads tokens features feats classes width
  height depth seq hidden vocab patches nodes edges steps time frames tok out in
`);

/** What a number or a pair in brackets behind one of these is, is no shape of a tensor. */
const windowNouns = setOf(`
  kernel kernels kernel_size stride strides padding pad pads dilation dilations filter filters conv convs convolution convolutions convolutional window windows pool
  pooling maxpool avgpool crop crops scale scales ratio ratios factor step steps layer layers block blocks grid cell cells patch patches downsample upsample
  downsampling upsampling conv2d conv1d conv3d deconv fully connected stage stages
`);

const others = setOf(`
  i j x y z a u self cls int float str bool double long half tensor tensors list tuple dict none optional default true false any object callable type array ndarray
  left right top bottom up down front back mean std var min max sum avg median train training test val valid eval image images label labels target loss acc accuracy
  the an and or of see not if is are be to with for from by on at as it this that which when where e.g i.e eg ie etc default required optional deprecated
  x1 y1 x2 y2 x0 y0 cx cy xmin ymin xmax ymax key value query start end stop begin lr eps epsilon alpha beta gamma mu sigma epoch name names path file fig figure eq
  equation section chapter paper table page ref version note todo fixme real imag sin cos tan red green blue weight bias kernel stride padding dilation mask logits
  row col index idx usually inclusive exclusive note only also see per each all new old same original pre post before after first last next prev previous
  yes no on off torch.tensor tf.tensor np.ndarray numpy.ndarray string number integer scalar bytes iterable sequence[int] module function string
  relu gelu silu sigmoid tanh softmax batchnorm layernorm norm dropout linear dense add concat flatten reshape view permute transpose
`);

/** Whole groups that read as something else: colours, coordinates, states, attention's three. */
const pairsOfOtherThings = setOf(`
  r,g,b b,g,r h,s,v q,k,v k,v q,k x,y x,y,z y,x u,v p,q a,b i,j i,j,k h,w,x,y x,y,w,h l,a,b y,u,v r,t k,r,t R,G,B B,G,R H,S,V Q,K,V K,V X,Y X,Y,Z U,V A,B I,J L,A,B Y,U,V R,T
  K,R,T l,r h,c c,h hn,cn h_n,c_n h0,c0 h_0,c_0 h_t,c_t X,y
`);

export function isPairOfOtherThings(words: readonly string[]): boolean {
  return pairsOfOtherThings.has(words.join(','));
}

const shapeWords = setOf('shape shapes shaped size sizes sized dim dims dimension dimensions dimensionality layout format torch.size tensorshape');

/** `shape`, `x.shape`, `input_shape`: what follows is a shape. */
export function isShapeWord(word: string): boolean {
  const lower = word.toLowerCase();
  return shapeWords.has(lower) || lower.endsWith('.shape') || lower.endsWith('.size') || lower.endsWith('_shape');
}

/** Words that stand between a name or a shape word and its shape, and say nothing. */
const connectors = setOf(`
  is are of with in has have as the a an be to like into becomes become should will must having e.g i.e now still from and its it's tensor tensors matrix matrices array arrays
  vector torch.tensor torch.floattensor torch.longtensor tf.tensor np.ndarray float int float32 float16 int32 int64 long boolean bool usually either batched here containing expected
  shape shapes shaped size sizes sized dim dims dimension dimensions dimensionality layout format
`);

export function isConnector(word: string): boolean {
  return connectors.has(word.toLowerCase()) || isShapeWord(word);
}

export function isWindowNoun(word: string): boolean {
  return word.toLowerCase().split('_').some((part) => windowNouns.has(part));
}

const rangeWords = setOf('range between interval within values value in from index indices idx');

export function isRangeWord(word: string): boolean {
  return rangeWords.has(word.toLowerCase());
}

const inputWords = setOf('input inputs in arg args argument arguments param params parameter parameters takes accepts expects given');
const outputWords = setOf('output outputs out outs return returns returned result results yield yields gives');

export function roleOfWord(word: string): 'input' | 'output' | undefined {
  const lower = word.toLowerCase();
  return inputWords.has(lower) ? 'input' : outputWords.has(lower) ? 'output' : undefined;
}

/** Words in front of a bracket that name nothing. */
const nameless = setOf(`
  if for while already one both per mixed only thus hence since because but else with without using via maybe same each every shape size dim dims now so then here note todo returns return gives becomes final result expected actual after before flatten reshape permute transpose split merge
  concat stack broadcast view expand squeeze unsqueeze e.g i.e see eg default example tensor matrix array vector list tuple torch.size also result. the a an of to with in is are
  layout format argument arguments args shapes sizes dimensions where each all both new note: rearrange
`);

export function canBeName(word: string): boolean {
  if (isCapital(word[0]) && word.length > 3 && [...word.slice(1)].every((character) => character >= 'a' && character <= 'z') && roleOfWord(word) === undefined) return false;
  return !nameless.has(word.toLowerCase()) && !isDigit(word[0]) && !isShapeWord(word);
}

/** What the tools of a project say in comments. */
const toolWords = setOf('type noqa pylint pragma mypy fmt isort inlayer ruff pyright yapf black flake8 nosec noinspection copyright license spdx coding');

export function isToolWord(word: string): boolean {
  return toolWords.has(word.toLowerCase());
}

/** The parts of `num_heads`, `numHeads` and `self.num_heads`, in small letters. */
function partsOf(word: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  const end = (): void => { if (part !== '') parts.push(part.toLowerCase()); part = ''; };
  for (const [index, character] of [...word].entries()) {
    if (character === '_' || character === '.') { end(); continue; }
    if (isCapital(character) && index > 0 && !isCapital(word[index - 1])) end();
    part += character;
  }
  end();
  return parts;
}

/** `B`, `H'`, `C1`, `C_in`, `H_out`, `N_v`. */
function isCapitalName(word: string): boolean {
  if (!isCapital(word[0])) return false;
  const rest = word.slice(1);
  return rest === '' || rest.startsWith('_') || [...rest].every((character) => isDigit(character) || character === "'");
}

const notShortNames = setOf('nan inf the and not for see add max min img int any all two one yes i ok no ai ml nn ii iii iv vi gpu cpu rgb bgr hsv cls sep cnn rnn mlp vae gan lr ce bn ln fc id url api pdf');

/** Of these, words of capitals are made that are sizes: `HW`, `BT`. */
const axisLetters = new Set('BNCHWTDLK');

/** `nW`, `Lq`, `Mh`, `HW`, `BTC`, `Cin`, `Hout`; not `Tom` or `Adam`. */
function isShortMixedName(word: string): boolean {
  if (word.length < 2 || word.length > 4 || ![...word].every((character) => isCapital(character) || isDigit(character) || (character >= 'a' && character <= 'z'))) return false;
  const capitals = [...word].filter(isCapital).length;
  if (capitals === 0) return false;
  if (capitals === word.length && word.length > 1) return word.length <= 3 && [...word].every((character) => axisLetters.has(character));
  if (word.length === 2 || !isCapital(word[0])) return true;
  return capitals === 1 && (word.endsWith('in') || word.endsWith('out') || isDigit(word.at(-1)));
}

/** `Tmax`, `Lsrc`. */
const suffixes = setOf('max min len seq enc dec src tgt txt text mel img obs ctx emb hid feat');

export function senseOf(word: string): WordSense {
  const lower = word.toLowerCase();
  if (isCapitalName(word)) return word === 'I' ? 'other' : 'size';
  if (sizes.has(lower)) return 'size';
  if (others.has(lower)) return 'other';
  if (notShortNames.has(lower)) return 'other';
  if (isShortMixedName(word)) return 'size';
  if (word.length <= 9 && ['dim', 'dims', 'len'].some((ending) => lower.endsWith(ending))) return 'size';
  if (isCapital(word[0]) && suffixes.has(word.slice(1))) return 'size';
  const bare = lower.replaceAll("'", '');
  if (bare.length === 1) return 'letter';
  if (bare.length === 2 && isDigit(bare[1])) return 'letter';
  const parts = partsOf(word);
  if (parts.some((part) => ['kernel', 'stride', 'padding', 'dilation'].includes(part))) return 'plain';
  if (parts.length > 1 && parts.some((part) => quantities.has(part) || sizes.has(part))) return 'size';
  return 'plain';
}

/** Letters that a pair of small letters needs one of, without further hints. */
export const batchLetters: ReadonlySet<string> = setOf('b n t d');

const unitNouns = setOf('size sizes len length lengths dim dims dimension dimensions channels channel heads tokens features classes steps frames nodes patches points layers directions width height depth');

/** Words of prose that may stand together as one size: `batch size`, `src len`, `number of heads`. */
export function joinsToSize(words: readonly string[]): boolean {
  const small = words.map((word) => word.toLowerCase());
  const [first = ''] = small;
  const last = small.at(-1) ?? '';
  if (small.length > 4 || small.some((word, index) => word.length < 2 && !(index === 0 && word === 'n'))) return false;
  // `batch seq dim` is three sizes.
  if (small.length > 2 && words.every((word) => senseOf(word) === 'size')) return false;
  const named = (small[1] === 'of' ? small.slice(2) : small.slice(1, -1));
  if (['num', 'number', 'nb', 'n'].includes(first)) return named.every((word) => !others.has(word) && !prepositions.has(word));
  return unitNouns.has(last) && small.slice(0, -1).every((word) => !prepositions.has(word) && !['the', 'a', 'an', 'and', 'or', 'is', 'of'].includes(word));
}

const prepositions = setOf('with without per along over for from to in on by at as of after before into same the this that each any other last first second final only both all static dynamic fixed variable different');

const layoutLetters = new Set('BNCHWTDLSF');
const shortLayouts = setOf('CHW HWC BTC BCT NTC NCT BLC BCL NLC NCL TBC TNC LBC LNC LND BND BNC BTD BLD BSH SBH BHW NHW THW CTHW CDHW NHD BHD BSD NLD');

/** `NCHW`, `BTC`: each letter an axis. */
export function layoutOf(word: string): readonly string[] | undefined {
  if (word.length < 3 || word.length > 6) return undefined;
  const letters = [...word];
  if (!letters.every((letter) => layoutLetters.has(letter)) || new Set(letters).size !== letters.length) return undefined;
  if (word.length === 3) return shortLayouts.has(word) ? letters : undefined;
  const hasImage = word.includes('H') && word.includes('W');
  const hasSequence = (word.includes('B') || word.includes('N')) && (word.includes('T') || word.includes('S') || word.includes('L')) && (word.includes('D') || word.includes('C'));
  return hasImage || hasSequence ? letters : undefined;
}
