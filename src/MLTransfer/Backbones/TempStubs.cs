namespace MLTransfer.Backbones;
internal static class ImagePreprocessingConfig { public static ImagePreprocessing? Read(ConfigFile file) { _ = file; return null; } }
