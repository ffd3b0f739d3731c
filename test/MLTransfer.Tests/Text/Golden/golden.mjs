// Makes the golden files of the tests that need no model: small tokenizers of our own, hard texts, and the ids Hugging Face's Rust library (npm package "tokenizers")
// gives them. Run in a folder where the package is installed:
//   npm install tokenizers@0.23.2 && node <path>/golden.mjs <path of this folder>
import { createRequire } from 'node:module';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hf = createRequire(join(process.cwd(), 'x.js'))('tokenizers');
const folder = process.argv[2];
const points = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));

// The vocabulary: every character alone and as a continuation, and a few longer pieces that leave more than one way to cut.
const characters = [...new Set([
  ...points(0x21, 0x7e), ...'éÉèêñÑüÜöåßİıĳøæœ', ...'αβγσςΣΑάΩ', ...'абвйЙё', ...'אבשׁ', ...'عربيّ', ...'अनुस्वार', ...'กำ่', ...'日本語中文漢字々', ...'かがガぱｶﾞ',
  ...'한국어각', ...'\u1112\u1161\u11ab\u1100\u1106', ...'\u{20000}\u{2a6d6}\u{2b820}\u{2ceb0}\u{30000}\uf900\u{2f800}豈', ...'😀👍👩💻❤🏽🏴', '\u200d', '\ufe0f',
  '\u0301', '\u0307', '\u0323', '\u030a', '\u20dd', '\u302e', '\u{1d165}', '\u{1d16d}', '\u{16ff0}', ...'“”‘’—–…«»¿¡§¶†•′€£°±×÷™©®№½²ⅠⅰﬁＡａ！。、・「」〜', '\u00ad', '\u00a0',
  '\u2028', '\u200b', '\u0000', '\u0001', '\u0085', '\ufffd', '\ue000', '\ufeff', '\u180e', '\u{e0041}', '\u{1f1e9}', '\u{1f1ea}', '\u{10ffff}', '\u{1e000}', 'Ꮿ', 'Ა', 'ა', 'ǅ', 'ǆ', 'ẞ', 'Å',
])];
const pieces = ['the', 'hello', 'Hello', 'world', 'un', '##aff', '##able', '##a', '##ff', 'aff', 'able', 'cafe', 'café', 'naive', 'is', 'a', 'ab', 'abc', '##bc', '##bcd', 'strasse', 'straße',
  'σας', 'σασ', '日本', '##本', 'new', 'york', '##york', 'play', '##ing', '##ed', '##s', 'don', "'", 't', '100', '##00', '##0', '...', 'mask', 'cls', 'sep', 'unk', '[', ']', '##]'];
const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const vocabulary = [...new Set([...specials, ...characters, ...characters.map((c) => `##${c}`), ...pieces])];

const added = (content, id, options) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...options });
function tokenizer({ normalizer, prefix = '##', unk = '[UNK]', longest = 100, extra = [], post }) {
  const tokens = vocabulary.map((t) => (t === '[UNK]' ? unk : t.length > 2 && t.startsWith('##') ? prefix + t.slice(2) : t)).filter((t, i, all) => all.indexOf(t) === i);
  const id = (t) => tokens.indexOf(t);
  let next = tokens.length;
  return {
    version: '1.0',
    truncation: { direction: 'Right', max_length: 4, strategy: 'LongestFirst', stride: 0 },
    padding: { strategy: { Fixed: 4 }, direction: 'Right', pad_to_multiple_of: null, pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' },
    added_tokens: [...specials.map((t) => (t === '[UNK]' ? unk : t)).map((t) => added(t, id(t))), ...extra.map(([t, o]) => added(t, id(t) < 0 ? next++ : id(t), o))],
    normalizer,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: post(id),
    decoder: { type: 'WordPiece', prefix, cleanup: true },
    model: { type: 'WordPiece', unk_token: unk, continuing_subword_prefix: prefix, max_input_chars_per_word: longest, vocab: Object.fromEntries(tokens.map((t, i) => [t, i])) },
  };
}
const special = (id, type_id) => ({ SpecialToken: { id, type_id } });
const sequence = (id, type_id) => ({ Sequence: { id, type_id } });
const template = (id) => ({
  type: 'TemplateProcessing',
  single: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)],
  pair: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0), sequence('B', 1), special('[SEP]', 1)],
  special_tokens: Object.fromEntries(['[CLS]', '[SEP]'].map((t) => [t, { id: t, ids: [id(t)], tokens: [t] }])),
});
// Not BERT's: two tokens before, none after, the second text first.
const unusual = (id) => ({
  type: 'TemplateProcessing',
  single: [special('two', 0), sequence('A', 0)],
  pair: [special('[CLS]', 2), sequence('B', 1), special('two', 3), sequence('A', 0)],
  special_tokens: { '[CLS]': { id: '[CLS]', ids: [id('[CLS]')], tokens: ['[CLS]'] }, two: { id: 'two', ids: [id('[MASK]'), id('[CLS]')], tokens: ['[MASK]', '[CLS]'] } },
});
const bert = (clean_text, handle_chinese_chars, strip_accents, lowercase) => ({ type: 'BertNormalizer', clean_text, handle_chinese_chars, strip_accents, lowercase });
const tokenizers = {
  uncased: tokenizer({ normalizer: bert(true, true, null, true), post: template }),
  cased: tokenizer({ normalizer: bert(true, true, null, false), post: template }),
  'lower-accents': tokenizer({ normalizer: bert(true, false, false, true), post: (id) => ({ type: 'BertProcessing', sep: ['[SEP]', id('[SEP]')], cls: ['[CLS]', id('[CLS]')] }) }),
  'cased-strip': tokenizer({ normalizer: bert(false, true, true, false), prefix: '@@', unk: '<unk>', longest: 5, post: unusual }),
  bare: tokenizer({ normalizer: null, post: () => null }),
  added: tokenizer({
    normalizer: bert(true, true, null, true),
    post: template,
    extra: [['<mask>', { lstrip: true }], ['<end>', { rstrip: true }], ['<both>', { lstrip: true, rstrip: true }], ['word', { single_word: true }], ['<<', {}], ['<<<', {}],
      ['New York', { normalized: true, special: false }], ['É', { normalized: true, special: false }], ['Alone', { normalized: true, single_word: true, special: false }],
      [' hi', { normalized: true, special: false }], ['lo ', { normalized: true, special: false }], ['İx', { normalized: true, lstrip: true, rstrip: true, special: false }]],
  }),
};

const a = (n) => 'a'.repeat(n);
const texts = [
  '', ' ', '   ', '\t', '\n\r\n', '\u00a0', '\u3000 \u2003', 'hello', 'Hello World', 'HELLO', 'unaffable', 'The un-affable café.', 'abcd abcde abc', 'playing played plays',
  // Accents, composed and not; marks alone; order of marks; marks that survive.
  'café cafe\u0301 CAFÉ CAFE\u0301', 'naïve nai\u0308ve', 'Ångström Å A\u030a', '\u0301', '\u0301\u0301 \u0307', 'a\u0323\u0307 a\u0307\u0323', 'ṩ s\u0323\u0307 ẛ\u0323', 'a\u20dd b\u20dd',
  'a\u302e\u0301\u{1d165} a\u{1d165}\u302e a\u{16ff0}\u302e', 'a\u302e\u{1d165}', 'a\u302e\u{16ff0}', 'a\u302e\u093a\u{16ff0}', 'a\u302e\u0301\u{16ff0}b', '\u302e\u{16ff0} \u{1d165}\u{16ff0}', 'a\u302e\u0000\u{16ff0}', 'a\u302e[SEP]\u{16ff0}',
  'ø æ œ ĳ Ĳ', 'ﬁ ﬂ Ａａ ½ ² Ⅰ', 'Ǆ ǅ ǆ', 'ẞ ß STRASSE Straße', 'İ I ı i İSTANBUL ISPARTA', 'i̇ İ', 'ΣΑΣ Σας ΣΑΣ. σασ ς', 'ΆΩ άω ᾼ ᾳ', 'Йй Ёё', 'Ა ა Ꮿ ꮿ ᏸ',
  // Scripts.
  '日本語', '日本語とHello', '漢字かな交じり文', 'が ガ か\u3099 ｶﾞ ぱ', '中文，漢字。', '\u{20000}\u{2a6d6}', '\u{2b740}\u{2b81f}\u{2b820}\u{2b91f}\u{2b920}\u{2ceb0}\u{30000}', '豈\uf900\u{2f800}', '々〇〻', '한국어 각 \u1112\u1161\u11ab', '한\u0301국',
  'אבשׁ', 'عربيّ عَرَبِيّ', 'अनुस्वार हिन्दी', 'กำ น้ำ', 'க்ஷ', 'བོད', 'ខ្មែរ', '𐐀𐐨 𞤀𞤢', '𝕳𝖊𝖑𝖑𝖔',
  // Emoji.
  '😀', '😀😀 a😀b', '👍🏽', '👩\u200d💻', '👩🏽\u200d💻', '❤️ ❤', '🏴\u{e0067}\u{e0062}\u{e007f}', '\u{1f1e9}\u{1f1ea}', '1️⃣ #️⃣', '🫠🫶🏻',
  // Controls and the like.
  'a\u0000b', '\u0000', 'a\u0001b\u0007c', 'a\u007fb\u0080c\u0085d', 'a\u00adb', 'soft\u00adhyphen', 'a\u200bb\u200cc\u200dd', '\ufeffa\ufeffb', 'a\ufffdb', '\ufffd', 'a\u2028b\u2029c', 'a\u00a0b\u2007c\u202fd\u3000e\u1680f',
  'a\tb\nc\rd\u000be\u000cf', '\u180ea\u180eb', 'a\u2060b\u2066c\u2069d', '\ue000 a\ue000b', '\u{10ffff}a\u{10fffe}', '\uffff\ufffe a\uffffb', '\ufdd0', '\u{f0000}x', 'a\u0378b', '\u061ca', '\u2800 a\u2800b', '\u3164 \uffa0',
  'a\ud800b', '\ud800', '\udc00\ud800', 'x\ud83dy', '\ude00\ud83d\ude00\ud83d', 'é\ud800É', '\ud800\ud83d\ude00',
  // Punctuation.
  ...points(0x21, 0x7e).filter((c) => !/[a-z0-9]/i.test(c)).map((c) => `a${c}b`), '!!! ??? ...', '“quoted” ‘it’s’ — – …', '«a» ¿que? ¡no!', '§1 ¶2 †3 •4 ′5', '€5 £6 $7 ¢8 ¥9', '5° ±1 2×3 4÷2 ™ © ® №',
  "don't DON'T don’t", 'a_b-c', 'e-mail@x.org http://a.b/c?d=e&f#g', '。、・「」〜！', '\u2e2f \u2e52 \u{10a7f} \u{1e95e} \u{11fff} \u0e5a \u166e', '``a`` ^b^ ~c~', '1,000.50 3/4 10%', '\u00b7 \u0387 \u037e ;', '≠ = \u226e <', '\u1fef ` \u1ffd ´', '\u2000 \u2001', 'a\u2126b \u212b',
  // Long words.
  a(99), a(100), a(101), a(200), 'é'.repeat(100), 'é'.repeat(101), 'e\u0301'.repeat(100), 'e\u0301'.repeat(101), '😀'.repeat(50), '😀'.repeat(51), '😀'.repeat(100), '😀'.repeat(101), '日'.repeat(150), `${a(101)} hello ${a(100)}`, `${a(60)}-${a(60)}`, `${a(60)}\u0000${a(60)}`, '!'.repeat(120), 'İ'.repeat(60), 'aaaaa aaaaaa abcde', 'z\u0301'.repeat(6),
  // Special tokens in the text.
  '[SEP]', '[CLS] hello [SEP]', 'a[SEP]b', '[MASK][MASK]', 'hello [MASK] .', '[mask] [sep]', '[ SEP ]', '[[SEP]]', '[SEP', 'SEP]', '[PAD] [UNK] [CLS]', 'é[SEP]É', '[SEP]\u0301a', ' [SEP] ', '[S\u0000EP]', '[MASK]s', '[UNK]zzz', '<unk> <unk', '##ing ##', 'a##b @@a',
  // Added tokens of the tokenizer "added".
  'a <mask> b', 'a   <mask>   b', '<mask>', 'a<mask>b', '\t<mask>\n', 'a <end> b', '<end>   b', 'a <both> b', '  <both>  <both>  ', ' <mask> <mask> ', '<end> <mask>', 'word words sword word-word _word word', '日word語', 'éword worde\u0301 \u0301word', 'word\u0301 word', '😀word😀',
  // Which white space a token takes shows only where another token would begin or end with it.
  'x hi x lo x', '<end> hi', '<mask> hi', '<both>  hi', 'lo <mask>', 'lo <end>', 'lo <both> hi', 'lo  <mask>', '<end>lo hi', 'lo <mask> hi <end> hi lo <mask>',
  'a<<b', 'a<<<b', '<<<<', '<<<<<', '<<<<<<', 'New York new york NEW YORK newyork', 'in New Yorker', 'NE\u0301W YORK', 'new\u00a0york', 'new  york', 'É é e E\u0301', 'alone Alone ALONE aloneness (alone) stand-alone', 'İx ix İX  i\u0307x a İx b', '<mask>New York<end> É', 'word[SEP]word', '[SEP]word[SEP]', '<<mask>', '<mask><<mask>>',
  'the the the hello world hello world the un', `${'hello world '.repeat(30)}`,
];
// And texts nobody would write: drawn from the characters above and their neighbours by a generator with a fixed seed.
let state = 20240917;
const draw = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const pool = [...characters, ...points(0x300, 0x36f), ...points(0x61, 0x7a), ...'    ', '\t', '[SEP]', '[MASK]', '<mask>', 'word', 'New York', '\ud800', '\udfff'];
for (let i = 0; i < 500; i++) texts.push(Array.from({ length: 1 + draw(12) }, () => pool[draw(pool.length)]).join(''));

const escape = (s) => [...Array(s.length).keys()].map((i) => s[i]).map((c) => (c === '\\' ? '\\\\' : c < ' ' || c > '~' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('');
const write = (name, lines) => writeFileSync(join(folder, name), lines.map((l) => `${l}\n`).join(''));
write('texts.txt', texts.map(escape));

// Words of one piece each, so that the pairs below have every length around every limit.
const words = (n) => Array(n).fill('hello').join(' ');
for (const [name, json] of Object.entries(tokenizers)) {
  // One token a line: a changed vocabulary is a readable change.
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(json, null, 1)}\n`);
  const t = hf.Tokenizer.fromString(JSON.stringify(json));
  t.disablePadding();
  t.disableTruncation();
  const ids = [];
  for (const text of texts) ids.push((await t.encode(text)).getIds().join(' '));
  write(`${name}.ids.txt`, ids);
}
const cuts = [];
for (const name of ['uncased', 'cased-strip', 'bare']) {
  const t = hf.Tokenizer.fromString(JSON.stringify(tokenizers[name]));
  t.disablePadding();
  const [single, pair] = { uncased: [2, 3], 'cased-strip': [2, 3], bare: [0, 0] }[name];
  for (let first = 0; first <= 6; first++) {
    for (let second = -1; second <= 6; second++) {
      for (let room = 0; room <= 8; room++) {
        const maximum = room + (second < 0 ? single : pair);
        // The library takes 0 for "no limit".
        if (maximum === 0) continue;
        t.setTruncation(maximum, {});
        const e = await (second < 0 ? t.encode(words(first)) : t.encode(words(first), words(second)));
        cuts.push([name, first, second, maximum, e.getIds().join(' '), e.getTypeIds().join(' '), e.getSpecialTokensMask().join(' ')].join('\t'));
      }
    }
  }
  // Words of several pieces are cut inside, and decide which text counts as the longer.
  for (const [first, second] of [['unaffable', 'playing abcde unaffable'], ['qqq qqq qqq qqq', 'hello qqq qqq qqq'], ['hello qqq, qqq. qqq', 'qqq! qqq-qqq'],
    ['playing [SEP] playing [SEP] playing', 'playing playing, playing'], ['[SEP][SEP][SEP] hello [SEP] qqq', '[SEP][SEP] qqq qqq'], ['hello[MASK]', 'hello [SEP] [SEP] [SEP] x'], ['q'.repeat(16), 'q'.repeat(14)], ['q, '.repeat(9), 'abcde '.repeat(4)]]) {
    for (let maximum = pair + 1; maximum < 14; maximum++) {
      t.setTruncation(maximum, {});
      const e = await t.encode(first, second);
      cuts.push([name, first, second, maximum, e.getIds().join(' '), e.getTypeIds().join(' '), e.getSpecialTokensMask().join(' ')].join('\t'));
    }
  }
}
write('cuts.tsv', cuts);

// Every code point between letters, one hash for each 4096 of them: what the normalizers leave, and the ids. Left out are
// blocks that hold no assigned character, and most of the planes of private use.
const every = [];
const normalizers = Object.fromEntries(Object.entries({
  uncased: [true, true, true, true], cased: [true, true, false, false], 'lower-accents': [true, false, false, true], 'cased-strip': [false, true, true, false],
}).map(([k, [cleanText, handleChineseChars, stripAccents, lowercase]]) => [k, hf.bertNormalizer({ cleanText, handleChineseChars, stripAccents, lowercase })]));
for (const [name, normalizer] of Object.entries(normalizers)) {
  const t = hf.Tokenizer.fromString(JSON.stringify(tokenizers[name]));
  t.disablePadding();
  t.disableTruncation();
  for (let block = 0; block < 0x110000; block += 4096) {
    if (block >= 0x34000 && ![0xe0000, 0xf0000, 0x10f000].includes(block)) continue;
    const strings = [];
    for (let c = block; c < block + 4096; c++) if (c < 0xd800 || c > 0xdfff) strings.push(`a${String.fromCodePoint(c)}B`);
    const encoded = await t.encodeBatch(strings);
    const hash = createHash('sha256');
    strings.forEach((s, i) => hash.update(`${normalizer.normalizeString(s)}\t${encoded[i].getIds().join(' ')}\n`));
    every.push(`${name}\t${block.toString(16)}\t${hash.digest('hex').slice(0, 16)}`);
  }
}
write('every-code-point.tsv', every);
console.log(`${vocabulary.length} tokens, ${texts.length} texts, ${cuts.length} cuts`);
