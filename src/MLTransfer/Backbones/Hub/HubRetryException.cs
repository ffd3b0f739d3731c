using System.Net;

namespace MLTransfer.Backbones;

/// <summary>A failure that may be over in a moment. Leaves this library as the <see cref="HttpRequestException"/> that it is once there was enough of it.</summary>
internal sealed class HubRetryException : HttpRequestException
{
    public HubRetryException(string message, Exception? inner = null, HttpStatusCode? status = null, TimeSpan? wait = null)
        : base(message, inner, status) => Wait = wait;

    /// <summary>How long the server asks to wait; null where it does not say.</summary>
    public TimeSpan? Wait { get; }
}
