import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.StringJoiner;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads archives with commons-compress and Java's own gzip, and prints what is in each, or why it cannot be read. */
public class Read {
    public static void main(String[] paths) {
        for (String path : paths) {
            String found;
            try {
                found = read(path);
            } catch (Exception error) {
                found = "refused: " + error;
            }
            System.out.println(found.replace('\n', ' '));
        }
    }

    private static String read(String path) throws Exception {
        StringJoiner found = new StringJoiner(" ");
        try (InputStream file = new BufferedInputStream(new FileInputStream(path));
                TarArchiveInputStream archive = new TarArchiveInputStream(new GZIPInputStream(file))) {
            for (ArchiveEntry entry; (entry = archive.getNextEntry()) != null; ) {
                byte[] sum = MessageDigest.getInstance("SHA-256").digest(content(archive, entry));
                found.add(entry.getName() + "=" + HexFormat.of().formatHex(sum));
            }
        }
        return found.toString();
    }

    private static byte[] content(InputStream archive, ArchiveEntry entry) throws IOException {
        byte[] content = archive.readAllBytes();
        if (content.length != entry.getSize()) throw new IOException("an entry is cut short");
        return content;
    }
}
