using System.Net;
using System.Net.Http.Headers;
using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>What a server's status means. The hub says more than the status in the header X-Error-Code; mirrors mostly do not.</summary>
internal static class HubStatus
{
    private const string ErrorHeader = "X-Error-Code";

    /// <summary>The error that an answer means, or null where it is what was asked for.</summary>
    public static Exception? ErrorOf(HttpResponseMessage response, HubQuestion question, HubClient client)
    {
        string id = question.Repository.Id;
        string? code = response.Headers.TryGetValues(ErrorHeader, out IEnumerable<string>? codes) ? codes.FirstOrDefault() : null;
        return response.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable => null,
            // Without a token, the hub does not tell what is private from what is not there.
            HttpStatusCode.Unauthorized => Throw.HubUnauthorized(id, code == "GatedRepo", client.Token, client.Page(question.Repository)),
            HttpStatusCode.Forbidden => Throw.HubForbidden(id, client.Token, client.Page(question.Repository)),
            HttpStatusCode.NotFound when question.File is string file && code != "RepoNotFound" => Throw.HubFileMissing(id, question.Revision, file),
            HttpStatusCode.NotFound when code == "RevisionNotFound" => Throw.HubRevisionMissing(id, question.Revision),
            HttpStatusCode.NotFound when code == "RepoNotFound" => Throw.HubRepositoryMissing(id),
            HttpStatusCode.NotFound => Throw.HubMissing(id, question.Revision),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => Throw.HubBusy(question.ToString(), response.StatusCode, Wait(response.Headers.RetryAfter)),
            >= HttpStatusCode.InternalServerError => Throw.HubBusy(question.ToString(), response.StatusCode, Wait(response.Headers.RetryAfter)),
            _ => Throw.HubStatus(question.ToString(), response.StatusCode),
        };
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: TimeSpan delta } => delta,
        { Date: DateTimeOffset date } => date > DateTimeOffset.UtcNow ? date - DateTimeOffset.UtcNow : TimeSpan.Zero,
        _ => null,
    };
}
