#!/usr/bin/env bash
# A certificate that ends in 2050 or later, made with asn1js from a Date as JavaScript has it, with milliseconds.
#
# Guess:     asn1js drops the milliseconds, as it does in the time that certificates hold up to 2049. If it did not, Go would refuse
#            the certificate, openssl and Node would read it.
# Seen:      From 2050 on it writes them, which RFC 5280 (section 4.1.2.5.2) does not allow. Go and Python's cryptography cannot read
#            such a certificate. openssl prints it and does not verify it. Node, Java and pkijs read it as if nothing was wrong.
#            @peculiar/x509 and node-forge drop the milliseconds before they write.
# Confirmed: src/adapters/identity/certificate.ts cuts a time to its second (test/adapters/identity/node-identity-issuer.test.ts).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

{
  npm install --silent --no-save --ignore-scripts asn1js@4.0.0 pkijs@4.0.0 @peculiar/x509@2.2.0 reflect-metadata@0.2.2 node-forge@1.4.3
  python3 -m venv py
  py/bin/pip -q install cryptography==50.0.2
} >install.log 2>&1 || { cat install.log >&2; exit 2; }

cat >make.mjs <<'END'
import 'reflect-metadata';
import { generateKeyPairSync, sign, webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import * as peculiar from '@peculiar/x509';
import { BitString, fromBER, GeneralizedTime, Integer, ObjectIdentifier, Sequence, Set as SetOf, UTCTime, Utf8String } from 'asn1js';
import forge from 'node-forge';

const sequence = (...value) => new Sequence({ value });
const begin = new Date('2026-01-01T00:00:00.089Z');
const ends = { 2049: new Date('2049-12-31T23:59:59.089Z'), 2050: new Date('2050-03-04T05:06:07.089Z') };
const timeOf = (date) => (date.getUTCFullYear() < 2050 ? new UTCTime({ valueDate: date }) : new GeneralizedTime({ valueDate: date }));
const timesIn = (der) => der.toString('latin1').match(/\d{12}[\d.]*Z/g).join(' to ');

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const algorithm = sequence(new ObjectIdentifier({ value: '1.3.101.112' }));
const name = sequence(new SetOf({ value: [sequence(new ObjectIdentifier({ value: '2.5.4.3' }), new Utf8String({ value: 'node-1' }))] }));
const spki = fromBER(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))).result;
for (const [year, end] of Object.entries(ends)) {
  const content = sequence(new Integer({ value: 1 }), algorithm, name, sequence(timeOf(begin), timeOf(end)), name, spki);
  const signature = Uint8Array.from(sign(null, Buffer.from(content.toBER()), privateKey));
  const der = Buffer.from(sequence(content, algorithm, new BitString({ valueHex: signature.buffer })).toBER());
  writeFileSync(`${year}.der`, der);
  writeFileSync(`${year}.pem`, `-----BEGIN CERTIFICATE-----\n${der.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`);
  console.log(`asn1js writes ${timesIn(der)}`);
}
peculiar.cryptoProvider.set(webcrypto);
const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
const signed = await peculiar.X509CertificateGenerator.createSelfSigned({ serialNumber: '01', name: 'CN=node-1', notBefore: begin, notAfter: ends[2050], keys, signingAlgorithm });
console.log(`@peculiar/x509 writes ${timesIn(Buffer.from(signed.rawData))}`);
const certificate = forge.pki.createCertificate();
const pair = forge.pki.rsa.generateKeyPair(2048);
Object.assign(certificate, { publicKey: pair.publicKey, serialNumber: '01', validity: { notBefore: begin, notAfter: ends[2050] } });
certificate.sign(pair.privateKey, forge.md.sha256.create());
console.log(`node-forge writes ${timesIn(Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(), 'latin1'))}`);
END
cat >read.mjs <<'END'
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Certificate } from 'pkijs';
for (const year of [2049, 2050]) {
  const der = readFileSync(`${year}.der`);
  console.log(`node reads ${year}.der:`, new X509Certificate(der).validTo);
  console.log(`pkijs reads ${year}.der:`, Certificate.fromBER(new Uint8Array(der)).notAfter.value.toISOString());
}
END
cat >read.py <<'END'
from cryptography import x509
for year in [2049, 2050]:
    try:
        print(f'cryptography reads {year}.der:', x509.load_der_x509_certificate(open(f'{year}.der', 'rb').read()).not_valid_after_utc.isoformat())
    except ValueError:
        print(f'cryptography refuses {year}.der')
END
cat >read.go <<'END'
package main

import (
	"crypto/x509"
	"fmt"
	"os"
)

func main() {
	for _, name := range os.Args[1:] {
		der, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		if parsed, err := x509.ParseCertificate(der); err != nil {
			fmt.Printf("go refuses %s: %v\n", name, err)
		} else {
			fmt.Printf("go reads %s: %v\n", name, parsed.NotAfter)
		}
	}
}
END
cat >Read.java <<'END'
import java.io.FileInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

public class Read {
    public static void main(String[] names) throws Exception {
        for (String name : names) {
            X509Certificate read = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream(name));
            System.out.println("java reads " + name + ": " + read.getNotAfter().toInstant());
        }
    }
}
END
echo "asn1js 4.0.0, pkijs 4.0.0, @peculiar/x509 2.2.0, node-forge 1.4.3, cryptography 50.0.2, $(go version | cut -d' ' -f3), $(openssl version | cut -d' ' -f1,2), Java $(java --version | head -1 | cut -d' ' -f2), Node $(node --version)"
{
  node make.mjs
  node read.mjs
  py/bin/python read.py
  go run read.go 2049.der 2050.der
  java Read.java 2049.der 2050.der
  for year in 2049 2050; do
    echo "openssl reads $year.pem: $(openssl x509 -in "$year.pem" -noout -enddate)"
    echo "openssl verifies $year.pem: $(openssl verify -partial_chain -trusted "$year.pem" "$year.pem" 2>&1 | grep -oE 'OK$|format error.*')"
  done
} | tee seen

diff - seen <<'END' || { echo 'a program does something else now' >&2; exit 1; }
asn1js writes 260101000000Z to 491231235959Z
asn1js writes 260101000000Z to 20500304050607.089Z
@peculiar/x509 writes 260101000000Z to 20500304050607Z
node-forge writes 260101000000Z to 20500304050607Z
node reads 2049.der: Dec 31 23:59:59 2049 GMT
pkijs reads 2049.der: 2049-12-31T23:59:59.000Z
node reads 2050.der: Mar  4 05:06:07.089 2050 GMT
pkijs reads 2050.der: 2050-03-04T05:06:07.089Z
cryptography reads 2049.der: 2049-12-31T23:59:59+00:00
cryptography refuses 2050.der
go reads 2049.der: 2049-12-31 23:59:59 +0000 UTC
go refuses 2050.der: x509: malformed GeneralizedTime
java reads 2049.der: 2049-12-31T23:59:59Z
java reads 2050.der: 2050-03-04T05:06:07.089Z
openssl reads 2049.pem: notAfter=Dec 31 23:59:59 2049 GMT
openssl verifies 2049.pem: OK
openssl reads 2050.pem: notAfter=Mar  4 05:06:07.089 2050 GMT
openssl verifies 2050.pem: format error in certificate's notAfter field
END
