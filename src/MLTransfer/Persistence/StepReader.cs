using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLTransfer.Persistence;

/// <summary>Makes a step from its payload. Everything it needs of the payload is read before it returns.</summary>
internal delegate ITransformer StepReader(IHostEnvironment environment, PayloadReader payload);
