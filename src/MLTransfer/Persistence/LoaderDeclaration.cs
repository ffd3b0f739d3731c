using System.Runtime.CompilerServices;
using Microsoft.ML;
using MLTransfer.Persistence;

// ML.NET finds the loader of a saved step by this attribute of the assembly that the model names. Attribute and signature are internal to
// Microsoft.ML.Core: the compiler sees them through build/Publicise.targets, and the runtime hides an inaccessible attribute unless this assembly
// declares that it ignores the access check.
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: LoadableClass(typeof(ITransformer), typeof(StepLoader), null, typeof(SignatureLoadModel),
    StepLoader.Description, StepLoader.LoaderSignature)]
