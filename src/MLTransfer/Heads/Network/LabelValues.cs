using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Persistence;

namespace MLTransfer.Heads.Network;

/// <summary>What the classes of a key were before it became one, in their own type: texts, numbers, times.</summary>
internal abstract class LabelValues
{
    private const string TypeSetting = "type";
    private const string ValuesSetting = "values";

    private static readonly ValueKind[] Kinds =
    [
        new ValueKind<ReadOnlyMemory<char>>("Text", TextDataViewType.Instance, t => t.ToString(), s => s.AsMemory()),
        new ValueKind<bool>("Boolean", BooleanDataViewType.Instance, b => b ? "true" : "false", bool.Parse),
        Number<float>("Single", NumberDataViewType.Single),
        Number<double>("Double", NumberDataViewType.Double),
        Number<sbyte>("SByte", NumberDataViewType.SByte),
        Number<byte>("Byte", NumberDataViewType.Byte),
        Number<short>("Int16", NumberDataViewType.Int16),
        Number<ushort>("UInt16", NumberDataViewType.UInt16),
        Number<int>("Int32", NumberDataViewType.Int32),
        Number<uint>("UInt32", NumberDataViewType.UInt32),
        Number<long>("Int64", NumberDataViewType.Int64),
        Number<ulong>("UInt64", NumberDataViewType.UInt64),
        new ValueKind<DateTime>("DateTime", DateTimeDataViewType.Instance, t => Text(t.Ticks), s => new DateTime(Parse<long>(s))),
        new ValueKind<DateTimeOffset>("DateTimeOffset", DateTimeOffsetDataViewType.Instance, t => t.ToString("O", CultureInfo.InvariantCulture), Parse<DateTimeOffset>),
        new ValueKind<TimeSpan>("TimeSpan", TimeSpanDataViewType.Instance, t => t.ToString("c", CultureInfo.InvariantCulture), Parse<TimeSpan>),
    ];

    /// <summary>The type of a class.</summary>
    public abstract PrimitiveDataViewType ItemType { get; }

    public abstract int Count { get; }

    /// <summary>The values of a key; null where it has none.</summary>
    /// <param name="step">Who reads, for errors.</param>
    /// <param name="label">The key.</param>
    /// <exception cref="ArgumentException">The classes are of a type that is never a label.</exception>
    public static LabelValues? OfKey(string step, DataViewSchema.Column label) => Of(step, label, "KeyValues");

    /// <summary>The values in an annotation of a column; null where it has none.</summary>
    /// <param name="step">Who reads, for errors.</param>
    /// <param name="column">The column.</param>
    /// <param name="annotation">The annotation's name.</param>
    /// <exception cref="ArgumentException">The classes are of a type that is never a label.</exception>
    public static LabelValues? Of(string step, DataViewSchema.Column column, string annotation)
    {
        if (column.Annotations.Schema.GetColumnOrNull(annotation) is not { Type: VectorDataViewType vector })
            return null;
        ValueKind kind = Kinds.FirstOrDefault(k => k.Type == vector.ItemType) ?? throw Internal.Throw.KeyValuesUnsupported(step, column.Name, $"{vector.ItemType}");
        return kind.Read(column.Annotations, annotation);
    }

    public static LabelValues OfTexts(IEnumerable<string> names) => new Values<ReadOnlyMemory<char>>((ValueKind<ReadOnlyMemory<char>>)Kinds[0], [.. names.Select(n => n.AsMemory())]);

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    public static LabelValues FromJson(PayloadSettings settings)
    {
        string type = settings.Text(TypeSetting);
        ValueKind kind = Kinds.FirstOrDefault(k => k.Name == type)
            ?? throw Internal.Throw.SettingWrong(settings.Kind, TypeSetting, $"one of {string.Join(", ", Kinds.Select(k => k.Name))}", $"'{type}'");
        return kind.Parse(settings.Texts(ValuesSetting));
    }

    public JsonObject ToJson() => new() { [TypeSetting] = KindName, [ValuesSetting] = new JsonArray([.. Texts().Select(t => (JsonNode)t)]) };

    /// <summary>Adds them as an annotation, a vector of their type.</summary>
    public abstract void Annotate(DataViewSchema.Annotations.Builder annotations, string name);

    /// <summary>The values as texts, the same in every culture.</summary>
    public abstract IEnumerable<string> Texts();

    protected abstract string KindName { get; }

    private static ValueKind<T> Number<T>(string name, PrimitiveDataViewType type)
        where T : IFormattable, IParsable<T> => new(name, type, v => Text(v), Parse<T>);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private abstract class ValueKind(string name, PrimitiveDataViewType type)
    {
        public string Name => name;

        public PrimitiveDataViewType Type => type;

        public abstract LabelValues Read(DataViewSchema.Annotations annotations, string name);

        public abstract LabelValues Parse(IEnumerable<string> texts);
    }

    private sealed class ValueKind<T>(string name, PrimitiveDataViewType type, Func<T, string> write, Func<string, T> parse) : ValueKind(name, type)
    {
        public Func<T, string> Write => write;

        public override LabelValues Read(DataViewSchema.Annotations annotations, string name)
        {
            VBuffer<T> values = default;
            annotations.GetValue(name, ref values);
            return new Values<T>(this, [.. values.DenseValues()]);
        }

        public override LabelValues Parse(IEnumerable<string> texts) => new Values<T>(this, [.. texts.Select(parse)]);
    }

    private sealed class Values<T>(ValueKind<T> kind, T[] values) : LabelValues
    {
        public override PrimitiveDataViewType ItemType => kind.Type;

        public override int Count => values.Length;

        protected override string KindName => kind.Name;

        public override void Annotate(DataViewSchema.Annotations.Builder annotations, string name) => annotations.Add(name, new VectorDataViewType(kind.Type, values.Length),
            (ref VBuffer<T> destination) =>
            {
                VBufferEditor<T> editor = VBufferEditor.Create(ref destination, values.Length);
                values.CopyTo(editor.Values);
                destination = editor.Commit();
            });

        public override IEnumerable<string> Texts() => values.Select(kind.Write);
    }
}
