namespace MLTransfer.Backbones;
internal static class AudioPreprocessingConfig { public static AudioPreprocessing? Read(ConfigFile file) { _ = file; return null; } }
