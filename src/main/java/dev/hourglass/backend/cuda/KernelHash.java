package dev.hourglass.backend.cuda;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The fingerprint of the kernels in this jar, which the provenance of a run keeps. */
public final class KernelHash {
    private KernelHash() {
    }

    /** Returns the SHA-256, in hexadecimal, of every PTX file (without architecture variants) in the order of their names. */
    public static String sha256() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            Kernel.files().stream().sorted()
                    .forEach(family -> sha256.update(PtxModules.text(family).getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
