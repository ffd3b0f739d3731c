using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

/// <summary>A saved step of the smallest kind: Output = Input × factor, with the factor in a binary part.</summary>
internal sealed class FakeStep(float factor, string kind = FakeStep.KnownKind, int formatVersion = 1, int paddingLength = 0)
    : ITransformer, ICanSaveModel, IPersistedStep
{
    public const string KnownKind = "FakeStep";
    public const string WeightsPart = "weights.bin";
    public const string PaddingPart = "padding.bin";
    public const string InputColumn = "X";
    public const string OutputColumn = "Y";
    public const int NewestFormat = 2;

    public float Factor => factor;

    public string Kind => kind;

    public int FormatVersion => formatVersion;

    public bool IsRowToRowMapper => false;

    public static FakeStep Read(IHostEnvironment environment, PayloadReader payload)
    {
        ArgumentNullException.ThrowIfNull(environment);
        int paddingLength = payload.Settings["paddingLength"]!.GetValue<int>();
        // No assertion: this runs in a child process too, which has no test framework.
        payload.ReadPart(PaddingPart, stream =>
        {
            if (stream.Position != 0 || stream.Length != paddingLength)
                throw new InvalidOperationException($"The part has {stream.Length} bytes and stands at {stream.Position}.");
        });
        return new FakeStep(BitConverter.ToSingle(payload.ReadPart(WeightsPart)), payload.Kind, payload.FormatVersion, paddingLength);
    }

    public static void Register() => StepKinds.Register(KnownKind, Read, NewestFormat);

    public void Write(PayloadWriter payload)
    {
        payload.Settings["input"] = InputColumn;
        payload.Settings["paddingLength"] = JsonValue.Create(paddingLength);
        payload.WritePart(WeightsPart, stream => stream.Write(BitConverter.GetBytes(factor)));
        payload.WritePart(PaddingPart, stream =>
        {
            byte[] chunk = new byte[1000];
            for (int left = paddingLength; left > 0; left -= chunk.Length)
                stream.Write(chunk, 0, Math.Min(left, chunk.Length));
        });
    }

    public IDataView Transform(IDataView input) => new MLContext(seed: 0).Transforms
        .Expression(OutputColumn, $"(x) => x * {factor.ToString("R", CultureInfo.InvariantCulture)}f", InputColumn).Fit(input).Transform(input);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        DataViewSchema.Builder schema = new();
        schema.AddColumns(inputSchema);
        schema.AddColumn(OutputColumn, NumberDataViewType.Single);
        return schema.ToSchema();
    }

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

    void ICanSaveModel.Save(ModelSaveContext ctx) => StepPersistence.Save(ctx, this);
}
