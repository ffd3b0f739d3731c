// Asks the reference (npm package "tokenizers", Hugging Face's own Rust library) what it does with every code point, and writes the answers as
// src/MLTransfer/Text/BertUnicode.Data.cs. Run in a folder where the package is installed:
//   npm install tokenizers@0.23.2 && node <path>/unicode.mjs <path of BertUnicode.Data.cs>
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hf = createRequire(join(process.cwd(), 'x.js'))('tokenizers');
const bert = (on) => hf.bertNormalizer({ cleanText: false, handleChineseChars: false, stripAccents: false, lowercase: false, ...on });
const clean = bert({ cleanText: true });
const chinese = bert({ handleChineseChars: true });
const strip = bert({ stripAccents: true });
const nfd = hf.nfdNormalizer();
const lower = hf.lowercase();
const split = hf.bertPreTokenizer();

const sets = { removed: [], white: [], punctuation: [], mark: [], chinese: [], word: [], reordered: new Map() };
const decompositions = new Map();
const lowers = new Map();
const all = [];
for (let c = 0; c < 0x110000; c++)
  if (c < 0xd800 || c > 0xdfff) all.push(c);
const text = (c) => String.fromCodePoint(c);
const hangul = (c) => c >= 0xac00 && c < 0xac00 + 11172;

for (const c of all) {
  const s = text(c);
  const cleaned = clean.normalizeString(`a${s}a`);
  if (cleaned === 'aa') sets.removed.push(c);
  const parts = split.preTokenizeString(`a${s}a`).length;
  if (parts === 2) sets.white.push(c);
  else if (parts === 3) sets.punctuation.push(c);
  else if (parts !== 1) throw new Error(`split of ${c.toString(16)}`);
  const isWhite = parts === 2;
  if (cleaned !== 'aa' && cleaned !== (isWhite ? 'a a' : `a${s}a`)) throw new Error(`clean of ${c.toString(16)}`);
  if (chinese.normalizeString(s) !== s) {
    if (chinese.normalizeString(s) !== ` ${s} `) throw new Error(`chinese of ${c.toString(16)}`);
    sets.chinese.push(c);
  }
  const d = nfd.normalizeString(s);
  if (d !== s) {
    if (hangul(c)) {
      const i = c - 0xac00, t = i % 28;
      const expected = text(0x1100 + Math.floor(i / 588)) + text(0x1161 + Math.floor((i % 588) / 28)) + (t ? text(0x11a7 + t) : '');
      if (d !== expected) throw new Error(`hangul ${c.toString(16)}`);
    } else decompositions.set(c, d);
  } else if (strip.normalizeString(`a${s}a`) === 'aa') sets.mark.push(c);
  const l = lower.normalizeString(s);
  if (l !== s) lowers.set(c, l);
}

// Combining classes: a mark moves before an earlier one of a higher class, so probes with marks of known classes find each class.
const probes = new Map();
for (const [cp, ccc] of [[0x334, 1], [0x16ff0, 6], [0x93c, 7], [0x3099, 8], [0x94d, 9], [0x5b0, 10], [0x5b1, 11], [0x5b2, 12], [0x5b3, 13], [0x5b4, 14], [0x5b5, 15],
  [0x5b6, 16], [0x5b7, 17], [0x5b8, 18], [0x5b9, 19], [0x5bb, 20], [0x5bc, 21], [0x5bd, 22], [0x5bf, 23], [0x5c1, 24], [0x5c2, 25], [0xfb1e, 26], [0x64b, 27],
  [0x64c, 28], [0x64d, 29], [0x64e, 30], [0x64f, 31], [0x650, 32], [0x651, 33], [0x652, 34], [0x670, 35], [0x711, 36], [0xc55, 84], [0xc56, 91], [0xe38, 103],
  [0xe48, 107], [0xeb8, 118], [0xec8, 122], [0xf71, 129], [0xf72, 130], [0xf74, 132], [0x321, 202], [0x1dce, 214], [0x31b, 216], [0x302a, 218], [0x316, 220],
  [0x59a, 222], [0x302e, 224], [0x1d16d, 226], [0x5ae, 228], [0x301, 230], [0x315, 232], [0x35c, 233], [0x35d, 234], [0x345, 240]]) probes.set(ccc, text(cp));
const swaps = (first, second) => nfd.normalizeString(`a${first}${second}`) !== `a${first}${second}`;
for (const c of all) {
  const s = text(c);
  if (decompositions.has(c) || hangul(c)) continue;
  if (!swaps(probes.get(240), s) && !swaps(s, probes.get(1))) continue;
  let found = 0;
  for (const [ccc, p] of probes) if (!swaps(p, s) && !swaps(s, p)) found = ccc;
  if (found === 0) throw new Error(`class of ${c.toString(16)}`);
  sets.reordered.set(c, found);
}

// What single_word takes for part of a word: the token is recognised only where the neighbour is not.
const json = {
  version: '1.0', truncation: null, padding: null,
  added_tokens: [{ id: 1, content: 'xyz', single_word: true, lstrip: false, rstrip: false, normalized: false, special: true }],
  normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null,
  model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: { '[UNK]': 0, xyz: 1 } },
};
const tokenizer = hf.Tokenizer.fromString(JSON.stringify(json));
for (let at = 0; at < all.length; at += 8192) {
  const some = all.slice(at, at + 8192);
  const encoded = await tokenizer.encodeBatch(some.map((c) => `${text(c)}xyz`));
  some.forEach((c, i) => { if (!encoded[i].getTokens().includes('xyz')) sets.word.push(c); });
}

const hex = (c) => c.toString(16).toUpperCase();
function ranges(list) {
  const out = [];
  for (let i = 0; i < list.length;) {
    let j = i;
    while (j + 1 < list.length && list[j + 1] === list[j] + 1) j++;
    out.push(j > i ? `${hex(list[i])}-${hex(list[j])}` : hex(list[i]));
    i = j + 1;
  }
  return out;
}
const points = (s) => [...s].map((x) => hex(x.codePointAt(0))).join('+');
const mapping = (m) => [...m].map(([c, s]) => `${hex(c)}=${points(s)}`);
const classes = [...new Set(sets.reordered.values())].sort((a, b) => a - b)
  .flatMap((k) => ranges([...sets.reordered].filter(([, v]) => v === k).map(([c]) => c)).map((r) => `${r}=${hex(k)}`));
function literal(name, doc, items) {
  const lines = [''];
  for (const item of items) {
    const line = lines[lines.length - 1];
    if (line.length + item.length + 1 > 136) lines.push(item);
    else lines[lines.length - 1] = line ? `${line} ${item}` : item;
  }
  return `    /// <summary>${doc}</summary>\n    private const string ${name} = """\n${lines.map((l) => `        ${l}\n`).join('')}        """;\n`;
}
const parts = [
  literal('RemovedRanges', 'What clean_text removes.', ranges(sets.removed)),
  literal('WhiteRanges', 'What separates words.', ranges(sets.white)),
  literal('PunctuationRanges', 'What is a word of its own.', ranges(sets.punctuation)),
  literal('MarkRanges', 'What strip_accents removes once the text is decomposed.', ranges(sets.mark)),
  literal('ChineseRanges', 'What handle_chinese_chars sets between spaces.', ranges(sets.chinese)),
  literal('WordRanges', 'What single_word takes for part of a word.', ranges(sets.word)),
  literal('CombiningClasses', 'Canonical combining classes that are not zero.', classes),
  literal('Decompositions', 'Full canonical decompositions, Hangul syllables left out.', mapping(decompositions)),
  literal('LowerCases', 'Lower case, one code point at a time.', mapping(lowers)),
];
writeFileSync(process.argv[2], `namespace MLTransfer.Text;

// Generated by unicode.mjs, which lies beside the golden files of the tokenizer's tests. All numbers are hexadecimal code points.
internal static partial class BertUnicode
{
${parts.join('\n')}}
`);
console.log(Object.fromEntries(Object.entries(sets).map(([k, v]) => [k, v.length ?? v.size])), decompositions.size, lowers.size);
