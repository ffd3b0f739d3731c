using System.Security.Cryptography;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

public class HashingStreamTests
{
    [Test]
    public void Write_InAnyPieces_HashesAndCountsAllAndLeavesTheInnerStreamOpen([Values(0, 1, 1000)] int length)
    {
        byte[] bytes = new byte[length];
        new Random(0).NextBytes(bytes);
        using MemoryStream inner = new();
        using (HashingStream stream = new(inner))
        {
            stream.Write(bytes.AsSpan(0, length / 3));
            stream.Write(bytes, length / 3, length - (length / 3));
            Assert.That(stream.CurrentHash(), Is.EqualTo(Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant()));
            Assert.That(stream.Length, Is.EqualTo(length));
        }
        Assert.That(inner.CanWrite, Is.True);
        Assert.That(inner.ToArray(), Is.EqualTo(bytes));
    }
}
