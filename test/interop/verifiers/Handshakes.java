import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * Handshakes of a node with itself, in memory, by Java's JSSE: is its identity trusted as a server's and as a client's?
 * Each argument is a directory with ca.crt, node-1.crt and node-1.key. Prints a line for each: what was held against the
 * identity in it; empty where nothing was.
 */
public final class Handshakes {
  private static final char[] PASSWORD = "not secret".toCharArray();

  public static void main(String[] directories) throws Exception {
    for (String directory : directories) System.out.println(complaint(contextOf(Path.of(directory))));
  }

  private static SSLContext contextOf(Path directory) throws Exception {
    Certificate authority = readCertificate(directory.resolve("ca.crt"));
    Certificate[] chain = {readCertificate(directory.resolve("node-1.crt"))};
    KeyStore identities = emptyStore();
    identities.setKeyEntry("node-1", readKey(directory.resolve("node-1.key")), PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(identities, PASSWORD);
    KeyStore authorities = emptyStore();
    authorities.setCertificateEntry("ca", authority);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static String complaint(SSLContext context) throws Exception {
    SSLEngine client = context.createSSLEngine("node-1", 7001);
    client.setUseClientMode(true);
    SSLParameters named = client.getSSLParameters();
    named.setEndpointIdentificationAlgorithm("HTTPS");
    client.setSSLParameters(named);
    SSLEngine server = context.createSSLEngine();
    server.setUseClientMode(false);
    server.setNeedClientAuth(true);
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    try {
      client.beginHandshake();
      server.beginHandshake();
      for (int round = 0; round < 40; round++) {
        step(client, toClient, toServer);
        step(server, toServer, toClient);
        if (isOver(client) && isOver(server) && toServer.position() == 0 && toClient.position() == 0) return "";
      }
      return "the handshake does not end";
    } catch (SSLException refused) {
      Throwable reason = refused;
      while (reason.getCause() != null) reason = reason.getCause();
      return reason.toString().replace('\n', ' ');
    }
  }

  private static boolean isOver(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  /** Whatever the engine wants to do now: compute, send, or read what has come. */
  private static void step(SSLEngine engine, ByteBuffer incoming, ByteBuffer outgoing) throws SSLException {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) task.run();
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) engine.wrap(nothing, outgoing);
    if (incoming.position() > 0 && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
      incoming.flip();
      engine.unwrap(incoming, ByteBuffer.allocate(1 << 16));
      incoming.compact();
    }
  }

  private static KeyStore emptyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate readCertificate(Path path) throws Exception {
    try (InputStream file = Files.newInputStream(path)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(file);
    }
  }

  private static PrivateKey readKey(Path path) throws Exception {
    String base64 = Files.readString(path).replaceAll("-----[A-Z ]+-----", "");
    byte[] der = Base64.getMimeDecoder().decode(base64);
    return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
  }
}
