using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Backbones;
using MLTransfer.Embedding;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Text;

/// <summary>Texts through a text backbone: token ids, attention mask, token types and positions, whichever the graph has.</summary>
internal sealed class TextEncoder : BackboneEncoder
{
    private readonly TextStep _step;
    private ValueGetter<ReadOnlyMemory<char>>? _getter;
    private ReadOnlyMemory<char>[] _texts = new ReadOnlyMemory<char>[8];
    private int[][] _ids = new int[8][];
    private int[] _counts = new int[8];

    public TextEncoder(TextStep step, SessionHolder session)
        : base(step.Plan, session, [.. step.Plan.Backbone.Ports.Inputs.Values.Select(p => p.Name)], step.Preprocessing) => _step = step;

    protected override bool EqualLengthsOnly => !Plan.Backbone.Ports.Inputs.ContainsKey(InputRoles.Mask);

    public override void Bind(DataViewRow row) => _getter = row.GetGetter<ReadOnlyMemory<char>>(row.Schema[_step.InputColumnName]);

    public override void Read(int slot)
    {
        if (slot >= _texts.Length)
        {
            int size = Math.Max(slot + 1, 2 * _texts.Length);
            Array.Resize(ref _texts, size);
            Array.Resize(ref _ids, size);
            Array.Resize(ref _counts, size);
        }
        _getter!(ref _texts[slot]);
    }

    // Text is hashed as UTF-16, so that even broken surrogates keep their difference.
    protected override void HashContent(int slot, Span<byte> hash) => SHA256.HashData(MemoryMarshal.AsBytes(_texts[slot].Span), hash);

    protected override int ElementBudget(OnnxSession session) => session.Target.TokensPerRun;

    protected override void Prepare(int slot)
    {
        ReadOnlyMemory<char> text = _texts[slot];
        if (_step.Prefix.Length > 0)
            text = string.Concat(_step.Prefix, text.Span).AsMemory();
        _ids[slot] ??= new int[64];
        _counts[slot] = Plan.Backbone.Tokenizer!.Encode(text, _step.MaximumLength, ref _ids[slot]);
    }

    protected override int PieceLength(Piece piece) => _counts[piece.Slot];

    protected override int PaddedLength(int longest) => _step.FixedLength ?? longest;

    protected override int CountedTokens(Piece piece, int delivered) => Math.Min(_counts[piece.Slot], delivered);

    protected override PackInputs CreateInputs(bool isAlone) => new Inputs(this);

    private sealed class Inputs(TextEncoder encoder) : PackInputs
    {
        private readonly IntegerInput[] _inputs = [.. encoder.Plan.Backbone.Ports.Inputs.Select(p => IntegerInput.Create(p.Key, p.Value))];

        public override void Fill(ReadOnlySpan<Piece> pieces, int longest, OrtValue[] inputs)
        {
            long padId = encoder.Plan.Backbone.Tokenizer!.PadId;
            for (int i = 0; i < inputs.Length; i++)
            {
                IntegerInput input = _inputs[i];
                input.Resize(pieces.Length * longest);
                for (int row = 0; row < pieces.Length; row++)
                    Write(input, row * longest, encoder._ids[pieces[row].Slot].AsSpan(0, encoder._counts[pieces[row].Slot]), longest, padId);
                inputs[i] = input.AsTensor([pieces.Length, longest]);
            }
        }

        private static void Write(IntegerInput input, int start, ReadOnlySpan<int> ids, int longest, long padId)
        {
            int padding = longest - ids.Length;
            switch (input.Role)
            {
                case InputRoles.Ids:
                    input.Write(start, ids);
                    input.Fill(start + ids.Length, padding, padId);
                    break;
                case InputRoles.Mask:
                    input.Fill(start, ids.Length, 1);
                    input.Fill(start + ids.Length, padding, 0);
                    break;
                case InputRoles.Types:
                    input.Fill(start, longest, 0);
                    break;
                default:
                    input.Count(start, longest);
                    break;
            }
        }
    }
}
