using Microsoft.ML;
using MLTransfer.Distillation;
using MLTransfer.FineTuning;
using MLTransfer.Internal;

namespace MLTransfer;

public sealed partial class TransferOperations
{
    private const string TeacherColumn = "mltransfer_teacher";

    /// <summary>
    /// Teaches a backbone the features of another on rows without labels, so that the small one can take the large one's place. Pictures are taught by <c>DistillImageBackbone</c> of
    /// MLTransfer.Images.
    /// </summary>
    /// <param name="teacher">Whose features are taught.</param>
    /// <param name="student">Who learns; its weights are where training starts. Not changed.</param>
    /// <param name="rows">Rows that both can read. Read up to three times.</param>
    /// <param name="options">How it learns. Default: as <see cref="DistillBackboneOptions"/> says.</param>
    /// <returns>The student with new weights, and what was done.</returns>
    /// <exception cref="ArgumentException">Teacher and student read different things, a column is missing or of the wrong type, or a loss is not on features.</exception>
    /// <exception cref="IOException">The cache cannot be written. What it holds stays whole.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while the teacher ran. Later, the student is the best so far.</exception>
    /// <remarks>Formula: minimises Σ_i l(P · h_T(x_i), h_S(x_i; θ)) over θ, P the teacher's principal axes where it has more numbers than the student, turned to the student's start.</remarks>
    public DistilledBackbone DistillBackbone(Backbone teacher, Backbone student, IDataView rows, DistillBackboneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(rows);
        options ??= new DistillBackboneOptions();
        BackboneModality modality = student.Card.Modality;
        if (teacher.Card.Modality != modality)
            throw Throw.ModalitiesDiffer(nameof(DistillBackbone), teacher, student);
        return modality switch
        {
            BackboneModality.Text => DistillText(teacher, student, rows, options),
            BackboneModality.Tensor => DistillTensor(teacher, student, rows, options),
            _ => throw Throw.ModalityNotTaught(nameof(DistillBackbone), student),
        };
    }

    internal DistilledBackbone Distill(Teacher teacher, Backbone student, IDataView rows, EmbeddingForm form, DistillBackboneOptions options) =>
        new BackboneDistiller(nameof(DistillBackbone), _context, form, options).Run(teacher, student, rows);

    private DistilledBackbone DistillText(Backbone teacher, Backbone student, IDataView rows, DistillBackboneOptions options)
    {
        string input = options.InputColumnName ?? "Text";
        using TextEmbeddingTransformer model = _context.Transforms.EmbedText(TeacherColumn, teacher, input).Fit(rows);
        return Distill(Teacher.FromFeatures(model, TeacherColumn), student, rows, TransferCatalog.Form(new TextEmbeddingOptions { InputColumnName = input }), options);
    }

    private DistilledBackbone DistillTensor(Backbone teacher, Backbone student, IDataView rows, DistillBackboneOptions options)
    {
        string input = options.InputColumnName ?? "Features";
        using TensorEmbeddingTransformer model = _context.Transforms.EmbedTensor(TeacherColumn, teacher, input).Fit(rows);
        var read = new TensorEmbeddingOptions { InputColumns = new Dictionary<string, string> { [student.Ports.Inputs.Values.First().Name] = input } };
        return Distill(Teacher.FromFeatures(model, TeacherColumn), student, rows, TransferCatalog.Form(read), options);
    }
}
