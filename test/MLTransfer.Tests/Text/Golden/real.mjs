// Makes real.tsv: what Hugging Face's Rust library (npm package "tokenizers") gives for real texts under a real vocabulary. The texts stay where they are; a row of the golden
// file holds a file's name and hash, a column, and eight digits of a hash for each text's ids. Run in a folder where the package is installed:
//   npm install tokenizers@0.23.2 && node <path>/real.mjs <folder of the data sets> <folder of all-minilm-l6-v2> <path of this folder>
import { createRequire } from 'node:module';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hf = createRequire(join(process.cwd(), 'x.js'))('tokenizers');
const [data, model, folder] = process.argv.slice(2);
const t = hf.Tokenizer.fromFile(join(model, 'tokenizer.json'));
t.disablePadding();
t.disableTruncation();
const columns = { text: ['agnews', 'amazon4', 'banking77', 'clinc150', 'cr', 'newsgroups20', 'nlupp', 'rt-polarity', 'sentiment3', 'sms-spam', 'spam-email', 'subj', 'trec', 'tweet-emotion',
  'wiki-detox'], text1: ['stsb'], description: ['products'], token: ['wnut17'], caption1: ['flickr8k'] };
const Rows = 500;
const sha = (x) => createHash('sha256').update(x).digest('hex');
const short = (ids) => sha(ids.join(' ')).slice(0, 8);
const lines = [];
let count = 0;
for (const [column, sets] of Object.entries(columns)) {
  for (const set of sets) {
    const bytes = readFileSync(join(data, set, 'test.tsv'));
    const [header, ...rows] = bytes.toString('utf8').split('\n').filter((l) => l.length > 0).map((l) => l.split('\t'));
    const at = header.indexOf(column);
    if (at < 0) throw new Error(`${set} has no column ${column}`);
    const texts = rows.slice(0, Rows).map((r) => r[at]);
    const hashes = (await t.encodeBatch(texts)).map((e) => short(e.getIds()));
    count += texts.length;
    lines.push([set, column, '', sha(bytes), hashes.join(' ')].join('\t'));
    if (set === 'stsb') {
      const second = rows.slice(0, Rows).map((r) => r[header.indexOf('text2')]);
      t.setTruncation(24, {});
      const pairs = [];
      for (let i = 0; i < texts.length; i++) {
        const e = await t.encode(texts[i], second[i]);
        pairs.push(short([...e.getIds(), ...e.getTypeIds()]));
      }
      t.disableTruncation();
      lines.push([set, column, 'text2', sha(bytes), pairs.join(' ')].join('\t'));
      count += texts.length;
    }
  }
}
writeFileSync(join(folder, 'real.tsv'), lines.map((l) => `${l}\n`).join(''));
console.log(`${count} texts and pairs`);
