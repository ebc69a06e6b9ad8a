import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.tukaani.xz.check.CRC64;

/** Reads the snapshots of raft directories with gson and XZ for Java, and prints what is in each, or why it cannot be read. */
public class ReadSnapshot {
    public static void main(String[] paths) {
        for (String path : paths) {
            String found;
            try {
                found = read(Path.of(path));
            } catch (Exception error) {
                found = "refused: " + error;
            }
            System.out.println(found.replace('\n', ' '));
        }
    }

    /** {@code <id> <index> <term> <configuration index> <voters> <digest of the state>} of the one snapshot that is there. */
    private static String read(Path directory) throws Exception {
        Path snapshot;
        try (Stream<Path> snapshots = Files.list(directory.resolve("snapshots"))) {
            snapshot = snapshots.findFirst().orElseThrow();
        }
        JsonObject meta = JsonParser.parseString(Files.readString(snapshot.resolve("meta.json"))).getAsJsonObject();
        byte[] state = Files.readAllBytes(snapshot.resolve("state.bin"));
        if (!Arrays.equals(Base64.getDecoder().decode(meta.get("CRC").getAsString()), sum(state))) {
            throw new Exception("the checksum does not hold");
        }
        StringJoiner voters = new StringJoiner(",");
        for (JsonElement element : meta.getAsJsonObject("Configuration").getAsJsonArray("Servers")) {
            JsonObject server = element.getAsJsonObject();
            if (server.get("Suffrage").getAsInt() != 0) continue;
            voters.add(server.get("ID").getAsString() + "@" + server.get("Address").getAsString());
        }
        return String.join(
                " ",
                meta.get("ID").getAsString(),
                Long.toUnsignedString(meta.get("Index").getAsLong()),
                Long.toUnsignedString(meta.get("Term").getAsLong()),
                Long.toUnsignedString(meta.get("ConfigurationIndex").getAsLong()),
                voters.toString(),
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(state)));
    }

    /** The checksum in the order of bytes in which meta.json has it: XZ's own files have the other one. */
    private static byte[] sum(byte[] state) {
        CRC64 check = new CRC64();
        check.update(state, 0, state.length);
        byte[] bytes = check.finish();
        for (int from = 0, to = bytes.length - 1; from < to; from++, to--) {
            byte one = bytes[from];
            bytes[from] = bytes[to];
            bytes[to] = one;
        }
        return bytes;
    }
}
