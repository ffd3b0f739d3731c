using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>
/// Downloads one file: into its name with ".partial", on from where an earlier try ended, and under its own name once length and hash are right. What the file was when the first bytes came
/// (its entity tag) lies beside the part, so that bytes of two editions are never put together.
/// </summary>
internal sealed class FileDownload
{
    private const int ChunkSize = 1 << 17;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(100);

    private readonly HubClient _client;
    private readonly HubSettings _settings;
    private readonly HubQuestion _question;
    private readonly HubFile _file;
    private readonly string _path, _partial, _tag;
    private readonly CancellationToken _cancel;

    private long _lastReport;

    public FileDownload(HubClient client, HubSettings settings, HubRepository repository, string commit, HubFile file, CancellationToken cancel)
    {
        _client = client;
        _settings = settings;
        _question = new HubQuestion(repository, commit, file.Path);
        _file = file;
        _path = Path.Combine(settings.Cache.SnapshotFolder(repository, commit), file.LocalPath);
        _partial = _path + ".partial";
        _tag = _path + ".partial.tag";
        _cancel = cancel;
    }

    /// <summary>Brings the whole file, checked, under its temporary name; it may lie under its own name already.</summary>
    /// <param name="elsewhere">Where the same bytes may lie on this disk, or null.</param>
    /// <param name="expected">The SHA-256 that the caller states, or null.</param>
    /// <param name="option">What states it, for messages.</param>
    /// <returns>The path that it lies under.</returns>
    public async Task<string> FetchAsync(string? elsewhere, string? expected, string option)
    {
        if (_file.Sha256 is string stated && expected is not null && expected != stated)
            throw Throw.HubExpectedHash(_question.Repository.Id, _file.Path, expected, stated, option);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        if (File.Exists(_path))
        {
            // From a download that did not come to its end, or of another variant.
            if (new FileInfo(_path).Length == _file.Size && (await HashAsync(_path)) is FileHashes hashes && hashes.Match(_file))
            {
                CheckExpected(hashes, expected, option);
                return _path;
            }
            File.Delete(_path);
        }
        if (elsewhere is not null && File.Exists(elsewhere))
            File.Copy(elsewhere, _partial, overwrite: true);
        bool isResumed = File.Exists(_partial);
        while (true)
        {
            await CompleteAsync();
            FileHashes hashes = await HashAsync(_partial);
            if (hashes.Match(_file))
            {
                CheckExpected(hashes, expected, option);
                return _partial;
            }
            Discard();
            // The part of an earlier time may have been of something else.
            if (!isResumed)
                throw Throw.HubHash(_question.Repository.Id, _file.Path, (_file.Sha256 ?? _file.GitSha1)!, _file.Sha256 is null ? hashes.GitSha1 : hashes.Sha256);
            isResumed = false;
        }
    }

    /// <summary>Gives the file its own name.</summary>
    public void Publish()
    {
        File.Delete(_tag);
        if (File.Exists(_partial))
            File.Move(_partial, _path, overwrite: true);
    }

    /// <summary>Deletes what has come.</summary>
    public void Discard()
    {
        File.Delete(_tag);
        File.Delete(_partial);
    }

    private void CheckExpected(FileHashes hashes, string? expected, string option)
    {
        if (expected is null || expected == hashes.Sha256)
            return;
        Discard();
        throw Throw.HubExpectedHash(_question.Repository.Id, _file.Path, expected, hashes.Sha256, option);
    }

    private async Task<FileHashes> HashAsync(string path)
    {
        Report(HubStage.Checking, _file.Size, isLast: true);
        return await FileHashes.OfAsync(path, _cancel);
    }

    /// <summary>Adds to the temporary file until it has its length.</summary>
    private async Task CompleteAsync()
    {
        long farthest = 0;
        for (var retry = new HubRetry(_settings); ;)
        {
            try
            {
                await using FileStream file = new(_partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
                if (file.Length > _file.Size)
                    file.SetLength(0);
                farthest = Math.Max(farthest, file.Length);
                try
                {
                    if (file.Length < _file.Size)
                        await TransferAsync(file);
                    file.Flush(flushToDisk: true);
                    return;
                }
                catch (HubRetryException) when (file.Length > farthest)
                {
                    farthest = file.Length;
                    retry.Progressed();
                    throw;
                }
            }
            catch (HubRetryException e) when (retry.Takes(e))
            {
                await retry.WaitAsync(e, _cancel);
            }
        }
    }

    private async Task TransferAsync(FileStream file)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
        using HttpResponseMessage response = await _client.GetAsync(_question, file.Length, ReadTag(), stall, _cancel);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            // Of a server that knows no parts, or whose file has changed, all of it comes.
            file.SetLength(0);
            WriteTag(response.Headers.ETag);
        }
        else if (!Continues(response, file.Length))
        {
            file.SetLength(0);
            throw Throw.HubPart(_question.ToString(), response.StatusCode);
        }
        file.Position = file.Length;
        if (response.Content.Headers.ContentLength is long announced && announced != _file.Size - file.Length)
            throw WrongLength($"{file.Length + announced}");
        await using Stream body = await response.Content.ReadAsStreamAsync(_cancel);
        byte[] chunk = new byte[ChunkSize];
        for (int read; (read = await _client.ReadAsync(body, chunk, _question, stall, _cancel)) > 0;)
        {
            if (file.Length + read > _file.Size)
                throw WrongLength("more");
            await file.WriteAsync(chunk.AsMemory(0, read), _cancel);
            Report(HubStage.Downloading, file.Length, isLast: file.Length == _file.Size);
        }
        if (file.Length < _file.Size)
            throw Throw.HubEnded(_question.ToString(), file.Length, _file.Size);

        Exception WrongLength(string found)
        {
            file.SetLength(0);
            return Throw.HubLength(_question.Repository.Id, _file.Path, _file.Size, found);
        }
    }

    /// <summary>Whether an answer is the part that begins where the temporary file ends.</summary>
    private bool Continues(HttpResponseMessage response, long length) => response.StatusCode == HttpStatusCode.PartialContent
        && response.Content.Headers.ContentRange is { From: long from } range && from == length && (range.Length is null || range.Length == _file.Size);

    private EntityTagHeaderValue? ReadTag() =>
        File.Exists(_tag) && EntityTagHeaderValue.TryParse(File.ReadAllText(_tag), out EntityTagHeaderValue? tag) ? tag : null;

    // A weak tag says that something looks the same, not that the bytes do.
    private void WriteTag(EntityTagHeaderValue? tag)
    {
        if (tag is { IsWeak: false })
            File.WriteAllText(_tag, tag.Tag);
        else
            File.Delete(_tag);
    }

    private void Report(HubStage stage, long done, bool isLast)
    {
        if (_settings.Progress is null || (!isLast && Stopwatch.GetElapsedTime(_lastReport) < ReportInterval))
            return;
        _lastReport = Stopwatch.GetTimestamp();
        _settings.Progress.Report(new HubProgress(stage, _file.Path, done, _file.Size));
    }
}
