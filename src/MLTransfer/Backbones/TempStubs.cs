namespace MLTransfer.Backbones;
internal static class ImagePreprocessingConfig { public static ImagePreprocessing? Read(ConfigFile file) { _ = file; return null; } }
internal static class AudioPreprocessingConfig { public static AudioPreprocessing? Read(ConfigFile file) { _ = file; return null; } }
