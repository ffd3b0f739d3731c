using Apache.Arrow;
using Apache.Arrow.Types;

namespace MLTransfer.Cli.Tables;

/// <summary>Rows of numbers in Arrow's three kinds of lists.</summary>
internal static class ArrowLists
{
    /// <summary>The numbers of all rows one after the other, those of rows that are no value among them.</summary>
    public static IArrowArray Numbers(IArrowArray lists) => lists switch
    {
        FixedSizeListArray list => list.Values,
        ListArray list => list.Values,
        LargeListArray list => list.Values,
        _ => throw new ArgumentException($"{lists.Data.DataType.Name} is no list.", nameof(lists)),
    };

    /// <summary>Where a row's numbers begin.</summary>
    public static int Start(IArrowArray lists, int row) => lists switch
    {
        FixedSizeListArray list => (list.Offset + row) * ((FixedSizeListType)list.Data.DataType).ListSize,
        ListArray list => list.ValueOffsets[row],
        _ => checked((int)((LargeListArray)lists).ValueOffsets[row]),
    };

    /// <summary>How many numbers a row has.</summary>
    public static int Length(IArrowArray lists, int row) => lists switch
    {
        FixedSizeListArray list => ((FixedSizeListType)list.Data.DataType).ListSize,
        ListArray list => list.ValueOffsets[row + 1] - list.ValueOffsets[row],
        _ => checked((int)(((LargeListArray)lists).ValueOffsets[row + 1] - ((LargeListArray)lists).ValueOffsets[row])),
    };

    /// <summary>Copies numbers, with single precision. False where one of them is missing.</summary>
    public static bool TryCopy(IArrowArray numbers, int start, Span<float> target)
    {
        if (numbers.NullCount != 0)
        {
            for (int i = 0; i < target.Length; i++)
            {
                if (numbers.IsNull(start + i))
                    return false;
            }
        }
        switch (numbers)
        {
            case FloatArray singles:
                singles.Values.Slice(start, target.Length).CopyTo(target);
                break;
            case DoubleArray doubles:
                for (int i = 0; i < target.Length; i++)
                    target[i] = (float)doubles.Values[start + i];
                break;
            default:
                for (int i = 0; i < target.Length; i++)
                    target[i] = (float)((HalfFloatArray)numbers).Values[start + i];
                break;
        }
        return true;
    }
}
