using System.Text;
using System.Text.Json.Nodes;
using MLTransfer.Text;

namespace MLTransfer.Tests.Text;

/// <summary>Files that are damaged, and tokenizers of another kind: the message names file, place and what was found.</summary>
[TestFixture]
internal sealed class WordPieceRefusalTests
{
    private const string Origin = "models/mine";
    private const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n##s\n";

    [TestCase("model", """{"type":"BPE","vocab":{},"merges":[]}""", "model", "BPE", "WordPiece")]
    [TestCase("model", """{"type":"Unigram","vocab":[]}""", "model", "Unigram", "WordPiece")]
    [TestCase("model", """{"type":"WordLevel","vocab":{},"unk_token":"[UNK]"}""", "model", "WordLevel", "WordPiece")]
    [TestCase("model", """{"vocab":{},"merges":[]}""", "model", "without type", "WordPiece")]
    [TestCase("normalizer", """{"type":"NFKC"}""", "normalizer", "NFKC", "BertNormalizer")]
    [TestCase("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"}]}""", "normalizer", "NFD, StripAccents",
        "BertNormalizer")]
    [TestCase("normalizer", """{"type":"Sequence","normalizers":[{"type":"Precompiled"}]}""", "normalizer.normalizers[0]", "Precompiled",
        "BertNormalizer")]
    [TestCase("pre_tokenizer", """{"type":"Whitespace"}""", "pre_tokenizer", "Whitespace", "BertPreTokenizer")]
    [TestCase("pre_tokenizer", "null", "pre_tokenizer", "none", "BertPreTokenizer")]
    [TestCase("post_processor", """{"type":"RobertaProcessing"}""", "post_processor", "RobertaProcessing", "TemplateProcessing")]
    [TestCase("post_processor", """{"type":"ByteLevel"}""", "post_processor", "ByteLevel", "TemplateProcessing")]
    public void FromFiles_AnotherKindOfTokenizer_NamesWhatWasFoundAndWhatIsSupported(
        string member, string json, string place, string found, string supported)
    {
        JsonObject root = Small();
        root[member] = JsonNode.Parse(json);
        Assert.That(() => FromJson(root), Throws.TypeOf<NotSupportedException>().With.Message.Contains("'tokenizer.json' of 'models/mine'")
            .And.Message.Contains($"'{place}'").And.Message.Contains(found).And.Message.Contains(supported));
    }

    [Test]
    public void FromFiles_SingleTextOfAnotherSegment_IsRefused()
    {
        JsonObject root = Small();
        root["post_processor"]!["single"]![1]!["Sequence"]!["type_id"] = 2;
        Assert.That(() => FromJson(root),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("post_processor.single").And.Message.Contains("type_id"));
    }

    [TestCase("model", "model")]
    [TestCase("model.vocab", "model.vocab")]
    [TestCase("model.unk_token", "model.unk_token")]
    [TestCase("model.continuing_subword_prefix", "model.continuing_subword_prefix")]
    [TestCase("model.max_input_chars_per_word", "model.max_input_chars_per_word")]
    [TestCase("normalizer.type", "normalizer.type")]
    [TestCase("normalizer.clean_text", "normalizer.clean_text")]
    [TestCase("normalizer.lowercase", "normalizer.lowercase")]
    [TestCase("post_processor.single", "post_processor.single")]
    [TestCase("post_processor.pair", "post_processor.pair")]
    [TestCase("post_processor.special_tokens", "post_processor.special_tokens")]
    public void FromFiles_MemberMissing_NamesTheMember(string path, string named)
    {
        JsonObject root = Small();
        string[] parts = path.Split('.');
        (parts.Length == 1 ? root : root[parts[0]]!.AsObject()).Remove(parts[^1]);
        Assert.That(() => FromJson(root), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{named}'"));
    }

    [TestCase("""{"[UNK]":0,"[CLS]":1,"[SEP]":1}""", "same id 1")]
    [TestCase("""{"[UNK]":0,"[CLS]":1,"[SEP]":3}""", "holes")]
    [TestCase("""{"[UNK]":0,"[CLS]":1,"[SEP]":-1}""", "not negative")]
    [TestCase("""{"[UNK]":0,"[CLS]":1,"[SEP]":"2"}""", "whole number")]
    [TestCase("""{"[UNK]":0,"[CLS]":1,"[CLS]":2}""", "'[CLS]' twice")]
    [TestCase("""{"[CLS]":0,"[SEP]":1}""", "'[UNK]'")]
    [TestCase("{}", "no token")]
    [TestCase("[]", "model.vocab")]
    public void FromFiles_VocabularyDamaged_SaysHow(string vocabulary, string words)
    {
        string json = $$$"""
            {"model":{"vocab":{{{vocabulary}}},
            "type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100},
            "pre_tokenizer":{"type":"BertPreTokenizer"}}
            """;
        Assert.That(() => FromJson(json),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'tokenizer.json' of 'models/mine'").And.Message.Contains(words));
    }

    [TestCase(7, "expected 0")]
    [TestCase(4000, "expected 0")]
    public void FromFiles_AddedTokenOfAnotherId_NamesBothIds(int id, string expected)
    {
        JsonObject root = Small();
        root["added_tokens"]![0]!["id"] = id;
        Assert.That(() => FromJson(root), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'[PAD]'").And.Message.Contains($"id {id}")
            .And.Message.Contains(expected));
    }

    [Test]
    public void FromFiles_TemplateNamesAnUnknownToken_NamesTheToken()
    {
        JsonObject root = Small();
        root["post_processor"]!["single"]![0]!["SpecialToken"]!["id"] = "[BOS]";
        Assert.That(() => FromJson(root),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("post_processor.single[0]").And.Message.Contains("[BOS]"));
    }

    [Test]
    public void FromFiles_TemplateWithoutTheText_IsRefused()
    {
        JsonObject root = Small();
        root["post_processor"]!["pair"]!.AsArray().RemoveAt(3);
        Assert.That(() => FromJson(root),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("post_processor.pair").And.Message.Contains("once each"));
    }

    [Test]
    public void FromFiles_JsonCutShort_SaysSo()
    {
        byte[] json = GoldenFiles.Json("uncased");
        Assert.That(() => From(("tokenizer.json", json[..(json.Length / 2)])),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'tokenizer.json' of 'models/mine'").And.Message.Contains("cut short"));
    }

    [TestCase("<!DOCTYPE html>")]
    [TestCase("")]
    [TestCase("[]")]
    public void FromFiles_JsonOfSomethingElse_IsInvalidData(string content) =>
        Assert.That(() => FromJson(content), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'tokenizer.json' of 'models/mine'"));

    [TestCase("tokenizer.json")]
    [TestCase("vocab.txt")]
    public void FromFiles_NotUtf8_NamesFileAndLine(string name) =>
        Assert.That(() => From((name, [(byte)'[', (byte)'\n', (byte)'\n', 0xE9, (byte)'\n'])),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{name}' of 'models/mine'").And.Message.Contains("line 3"));

    [TestCase("", "no token")]
    [TestCase("\n\n", "no token")]
    [TestCase("[UNK]\n\n[CLS]\n", "line 2 is empty")]
    [TestCase("[UNK]\n[CLS]\n[SEP]\n[CLS]\n", "lines 2 and 4")]
    [TestCase("[PAD]\n[CLS]\n[SEP]\nhello\n", "'[UNK]'")]
    [TestCase("[UNK]\n[SEP]\nhello\n", "'cls_token' is '[CLS]'")]
    public void FromFiles_VocabularyTextDamaged_SaysHow(string content, string words) =>
        Assert.That(() => From(("vocab.txt", Encoding.UTF8.GetBytes(content))),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'vocab.txt' of 'models/mine'").And.Message.Contains(words));

    [TestCase("""{"do_lower_case":"yes"}""", "'do_lower_case'")]
    [TestCase("""{"pad_token":"<pad>"}""", "'<pad>'")]
    [TestCase("""{"unk_token":"<unk>"}""", "'<unk>'")]
    [TestCase("""{"unk_token":7}""", "'unk_token'")]
    [TestCase("""{"added_tokens_decoder":{"x":{"content":"y"}}}""", "added_tokens_decoder['x']")]
    [TestCase("""{"added_tokens_decoder":{"9":{"content":"y"}}}""", "id 9, expected 7")]
    [TestCase("{", "not valid JSON")]
    public void FromFiles_ConfigurationWrong_NamesFileAndMember(string config, string words) =>
        Assert.That(() => From(("vocab.txt", Encoding.UTF8.GetBytes(Vocabulary)), ("tokenizer_config.json", Encoding.UTF8.GetBytes(config))),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'tokenizer_config.json' of 'models/mine'").And.Message.Contains(words));

    [Test]
    public void FromFiles_BasicTokenizerSwitchedOff_IsRefused() =>
        Assert.That(
            () => From(("vocab.txt", Encoding.UTF8.GetBytes(Vocabulary)), ("tokenizer_config.json", """{"do_basic_tokenize":false}"""u8.ToArray())),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("do_basic_tokenize"));

    [Test]
    public void FromFiles_NoTokenizerFile_NamesTheFilesLookedFor() =>
        Assert.That(() => From(("special_tokens_map.json", "{}"u8.ToArray())),
            Throws.InstanceOf<IOException>().With.Message.Contains(Origin).And.Message.Contains("tokenizer.json").And.Message.Contains("vocab.txt"));

    [Test]
    public void Encode_NoRoomForTheSpecialTokens_NamesTheirNumber()
    {
        WordPieceTokenizer tokenizer = GoldenFiles.Tokenizer("uncased");
        int[] ids = [];
        Assert.Multiple(() =>
        {
            Assert.That(() => tokenizer.Encode("hello", 1), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("2 special tokens"));
            Assert.That(() => tokenizer.Encode("hello".AsMemory(), 1, ref ids), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => tokenizer.EncodePair("hello", "hello", 2),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("3 special tokens"));
        });
    }

    private static JsonObject Small() => JsonNode.Parse(GoldenFiles.Json("uncased"))!.AsObject();

    private static WordPieceTokenizer FromJson(JsonObject root) => FromJson(root.ToJsonString());

    private static WordPieceTokenizer FromJson(string json) => From(("tokenizer.json", Encoding.UTF8.GetBytes(json)));

    private static WordPieceTokenizer From(params (string Name, byte[] Content)[] files) =>
        WordPieceTokenizer.FromFiles(files.ToDictionary(f => f.Name, f => f.Content), Origin);
}
