using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

// Writes a copy of an assembly in which the named types and their constructors are public. The compiler reads the copy; the original runs.
if (args.Length < 3)
{
    Console.Error.WriteLine("usage: Publicizer INPUT.dll OUTPUT.dll NAMESPACE.TYPE...");
    return 2;
}

byte[] image = File.ReadAllBytes(args[0]);
HashSet<string> wanted = new(args[2..], StringComparer.Ordinal);
using (PEReader pe = new([.. image]))
{
    MetadataReader metadata = pe.GetMetadataReader();
    int start = pe.PEHeaders.MetadataStartOffset;
    foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        if (!wanted.Remove($"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"))
            continue;
        // Table II.22.37: a type's flags are the first four bytes of its row.
        TypeAttributes flags = (type.Attributes & ~TypeAttributes.VisibilityMask) | TypeAttributes.Public;
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(start + Row(metadata, TableIndex.TypeDef, metadata.GetRowNumber(handle))), (uint)flags);
        foreach (MethodDefinitionHandle methodHandle in type.GetMethods())
        {
            MethodDefinition method = metadata.GetMethodDefinition(methodHandle);
            if (metadata.GetString(method.Name) != ".ctor")
                continue;
            // Table II.22.26: RVA and implementation flags (six bytes) come before a method's flags.
            MethodAttributes access = (method.Attributes & ~MethodAttributes.MemberAccessMask) | MethodAttributes.Public;
            int offset = start + Row(metadata, TableIndex.MethodDef, metadata.GetRowNumber(methodHandle)) + 6;
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(offset), (ushort)access);
        }
    }
}

if (wanted.Count > 0)
{
    Console.Error.WriteLine($"{args[0]} has no type {string.Join(", ", wanted)}: this version of ML.NET needs another way to declare its loaders.");
    return 1;
}

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(args[1]))!);
File.WriteAllBytes(args[1], image);
return 0;

static int Row(MetadataReader metadata, TableIndex table, int row) =>
    metadata.GetTableMetadataOffset(table) + ((row - 1) * metadata.GetTableRowSize(table));
