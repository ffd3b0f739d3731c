using System.Text;
using System.Text.Json.Nodes;
using MLTransfer.Text;

namespace MLTransfer.Tests.Text;

[TestFixture]
internal sealed class WordPieceTokenizerTests
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "world", "##s", "café", "cafe", "Hello"];

    [Test]
    public void FromFiles_VocabularyText_IsBertsTokenizer()
    {
        WordPieceTokenizer tokenizer = FromText();
        Assert.Multiple(() =>
        {
            Assert.That(tokenizer.VocabularySize, Is.EqualTo(11));
            Assert.That((tokenizer.PadId, tokenizer.UnkId, tokenizer.ClsId, tokenizer.SepId), Is.EqualTo((0, 1, (int?)2, (int?)3)));
            Assert.That((tokenizer.SpecialTokenCount, tokenizer.PairSpecialTokenCount), Is.EqualTo((2, 3)));
            Assert.That(Ids(tokenizer, "Hello worlds Café [MASK]"), Is.EqualTo(new[] { 2, 5, 6, 7, 9, 4, 3 }));
            Assert.That(tokenizer.Token(7), Is.EqualTo("##s"));
        });
    }

    [TestCase("""{"do_lower_case":false}""", new[] { 2, 10, 8, 3 })]
    [TestCase("""{"do_lower_case":false,"strip_accents":true}""", new[] { 2, 10, 9, 3 })]
    [TestCase("""{"strip_accents":false}""", new[] { 2, 5, 8, 3 })]
    [TestCase("""{"strip_accents":null,"do_lower_case":null}""", new[] { 2, 5, 9, 3 })]
    public void FromFiles_Configuration_DecidesAboutCaseAndAccents(string config, int[] expected) =>
        Assert.That(Ids(FromText(("tokenizer_config.json", config)), "Hello café"), Is.EqualTo(expected));

    [Test]
    public void FromFiles_TokenizeChineseCharsOff_KeepsThemTogether()
    {
        string vocabulary = string.Join('\n', Vocabulary.Append("日本"));
        Assert.Multiple(() =>
        {
            Assert.That(Ids(From(("vocab.txt", vocabulary), ("tokenizer_config.json", """{"tokenize_chinese_chars":false}""")), "日本"),
                Is.EqualTo(new[] { 2, 11, 3 }));
            Assert.That(Ids(From(("vocab.txt", vocabulary)), "日本"), Is.EqualTo(new[] { 2, 1, 1, 3 }));
        });
    }

    [Test]
    public void FromFiles_SpecialTokensMap_CountsBeforeTheConfiguration()
    {
        string vocabulary = "<pad>\n<unk>\n<s>\n</s>\n<mask>\nhello\n[CLS]\n[UNK]\n[SEP]\n";
        WordPieceTokenizer tokenizer = From(("vocab.txt", vocabulary),
            ("tokenizer_config.json", """{"unk_token":"[UNK]","cls_token":"[CLS]","sep_token":"</s>"}"""),
            ("special_tokens_map.json", """
                {"unk_token":"<unk>","cls_token":{"content":"<s>"},"pad_token":"<pad>","mask_token":{"content":"<mask>","lstrip":true}}
                """));
        Assert.That(Ids(tokenizer, "hello x <mask>"), Is.EqualTo(new[] { 2, 5, 1, 4, 3 }));
    }

    [Test]
    public void FromFiles_AddedTokensDecoder_ExtendsTheVocabulary()
    {
        string config = """
            {"added_tokens_decoder":{"12":{"content":"<b>","rstrip":true},"11":{"content":"<a>","special":true},"2":{"content":"[CLS]"}}}
            """;
        WordPieceTokenizer tokenizer = FromText(("tokenizer_config.json", config));
        Assert.Multiple(() =>
        {
            Assert.That(tokenizer.VocabularySize, Is.EqualTo(13));
            Assert.That(tokenizer.Token(12), Is.EqualTo("<b>"));
            Assert.That(Ids(tokenizer, "hello<a><b>"), Is.EqualTo(new[] { 2, 5, 11, 12, 3 }));
        });
    }

    [TestCase("\r\n")]
    [TestCase("\n")]
    public void FromFiles_LineEndsAndByteOrderMark_MakeNoDifference(string end)
    {
        string vocabulary = "\uFEFF" + string.Join(end, Vocabulary) + end + end;
        Assert.That(From(("vocab.txt", vocabulary)).Fingerprint, Is.EqualTo(FromText().Fingerprint));
    }

    [Test]
    public void FromFiles_BothFiles_TokenizerJsonCounts()
    {
        string json = Encoding.UTF8.GetString(GoldenFiles.Json("cased"));
        WordPieceTokenizer tokenizer = From(("vocab.txt", string.Join('\n', Vocabulary)), ("tokenizer.json", json));
        Assert.That(tokenizer.Fingerprint, Is.EqualTo(GoldenFiles.Tokenizer("cased").Fingerprint));
    }

    [Test]
    public void FromFiles_SequencesOfOne_AreThatOne()
    {
        JsonObject root = JsonNode.Parse(GoldenFiles.Json("uncased"))!.AsObject();
        Wrap("normalizer", "normalizers");
        Wrap("pre_tokenizer", "pretokenizers");
        Wrap("post_processor", "processors");
        Assert.That(From(("tokenizer.json", root.ToJsonString())).Fingerprint, Is.EqualTo(GoldenFiles.Tokenizer("uncased").Fingerprint));

        void Wrap(string name, string list)
        {
            JsonNode inner = root[name]!;
            root[name] = null;
            root[name] = new JsonObject { ["type"] = "Sequence", [list] = new JsonArray(inner) };
        }
    }

    [Test]
    public void FromFiles_ModelWithoutType_IsKnownByItsMembers()
    {
        JsonObject root = JsonNode.Parse(GoldenFiles.Json("uncased"))!.AsObject();
        root["model"]!.AsObject().Remove("type");
        Assert.That(From(("tokenizer.json", root.ToJsonString())).Fingerprint, Is.EqualTo(GoldenFiles.Tokenizer("uncased").Fingerprint));
    }

    [TestCase("model.max_input_chars_per_word", "99")]
    [TestCase("model.continuing_subword_prefix", "\"@@\"")]
    [TestCase("model.unk_token", "\"[PAD]\"")]
    [TestCase("normalizer.lowercase", "false")]
    [TestCase("normalizer.clean_text", "false")]
    [TestCase("normalizer.handle_chinese_chars", "false")]
    [TestCase("normalizer.strip_accents", "false")]
    [TestCase("post_processor", "null")]
    [TestCase("added_tokens", "[]")]
    public void Fingerprint_AnythingThatDecidesAboutIds_ChangesIt(string path, string value)
    {
        JsonObject root = JsonNode.Parse(GoldenFiles.Json("uncased"))!.AsObject();
        string[] parts = path.Split('.');
        (parts.Length == 1 ? root : root[parts[0]]!.AsObject())[parts[^1]] = JsonNode.Parse(value);
        Assert.That(From(("tokenizer.json", root.ToJsonString())).Fingerprint, Is.Not.EqualTo(GoldenFiles.Tokenizer("uncased").Fingerprint));
    }

    [Test]
    public void Fingerprint_OfSectionsThatAreNotFollowed_IsTheSame()
    {
        JsonObject root = JsonNode.Parse(GoldenFiles.Json("uncased"))!.AsObject();
        root["truncation"] = null;
        root["padding"] = null;
        root["decoder"] = null;
        Assert.That(From(("tokenizer.json", root.ToJsonString())).Fingerprint, Is.EqualTo(GoldenFiles.Tokenizer("uncased").Fingerprint));
    }

    [Test]
    public void Encode_IntoABuffer_ReusesItOnceItIsLargeEnough()
    {
        WordPieceTokenizer tokenizer = FromText();
        int[] ids = [];
        Assert.That(tokenizer.Encode("hello world".AsMemory(), 128, ref ids), Is.EqualTo(4));
        int[] first = ids;
        string text = string.Join(' ', Enumerable.Repeat("hello", 100));
        Assert.That(tokenizer.Encode(text.AsMemory(), 128, ref ids), Is.EqualTo(102));
        Assert.That(ids, Is.Not.SameAs(first));
        int[] grown = ids;
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = tokenizer.Encode(text.AsMemory(), 20, ref ids);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Multiple(() =>
        {
            Assert.That(count, Is.EqualTo(20));
            Assert.That(ids, Is.SameAs(grown));
            Assert.That(ids[..20], Is.EqualTo(tokenizer.Encode(text, 20).Ids));
            Assert.That(allocated, Is.Zero);
        });
    }

    [Test]
    public void IsPresent_VocabularyOrTokenizerJson_Suffices()
    {
        Assert.Multiple(() =>
        {
            Assert.That(WordPieceTokenizer.IsPresent(["config.json", "vocab.txt"]), Is.True);
            Assert.That(WordPieceTokenizer.IsPresent(["tokenizer.json"]), Is.True);
            Assert.That(WordPieceTokenizer.IsPresent(["tokenizer_config.json", "special_tokens_map.json"]), Is.False);
        });
    }

    private static int[] Ids(WordPieceTokenizer tokenizer, string text) => tokenizer.Encode(text, 128).Ids;

    private static WordPieceTokenizer FromText(params (string Name, string Content)[] others) =>
        From([("vocab.txt", string.Join('\n', Vocabulary) + "\n"), .. others]);

    private static WordPieceTokenizer From(params (string Name, string Content)[] files) =>
        WordPieceTokenizer.FromFiles(files.ToDictionary(f => f.Name, f => Encoding.UTF8.GetBytes(f.Content)), "models/mine");
}
