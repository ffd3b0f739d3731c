namespace MLTransfer.Cli.Training;

/// <summary>The head that is trained.</summary>
internal enum HeadKind
{
    /// <summary>A linear map: logistic regression on frozen features.</summary>
    Linear,

    /// <summary>A multilayer perceptron with one hidden layer.</summary>
    Mlp,
}
