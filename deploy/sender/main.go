// A sender in Go, with the standard library alone: it seals a body to a tenant's public key, or opens one.
//
//	sender -tenant acme -offer key.json < body.json > body.sealed
//	sender -tenant acme -open SECRET < body.sealed > body.json
//
// The offer is what GET /v1/tenants/acme/key answers. SECRET is a private key in hexadecimal, for trying it out.
package main

import (
	"bytes"
	"crypto/hpke"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

var magic = []byte("\x93as1")

const head = 4 + 3*2 + 8

type offer struct {
	Tenant string `json:"tenant"`
	Epoch  uint64 `json:"epoch"`
	Keys   []struct {
		Suite  string `json:"suite"`
		KEM    uint16 `json:"kem"`
		KDF    uint16 `json:"kdf"`
		AEAD   uint16 `json:"aead"`
		Public []byte `json:"public_key"`
	} `json:"keys"`
}

var names = map[uint16]string{0x647a: "mlkem768-x25519", 0x0020: "x25519"}

type suite struct {
	kem  hpke.KEM
	kdf  hpke.KDF
	aead hpke.AEAD
}

func suiteOf(kem, kdf, aead uint16) (suite, error) {
	var one suite
	var wrong [3]error
	one.kem, wrong[0] = hpke.NewKEM(kem)
	one.kdf, wrong[1] = hpke.NewKDF(kdf)
	one.aead, wrong[2] = hpke.NewAEAD(aead)
	return one, errors.Join(wrong[:]...)
}

func info(tenant string, epoch uint64, name string) []byte {
	return fmt.Appendf(nil, "alert-router-sealed-1/%s/sender/%d/%s", tenant, epoch, name)
}

func seal(tenant, name string, offered, body []byte) ([]byte, error) {
	var keys offer
	if err := json.Unmarshal(offered, &keys); err != nil {
		return nil, err
	}
	for _, one := range keys.Keys {
		if one.Suite != name {
			continue
		}
		with, err := suiteOf(one.KEM, one.KDF, one.AEAD)
		if err != nil {
			return nil, err
		}
		public, err := with.kem.NewPublicKey(one.Public)
		if err != nil {
			return nil, err
		}
		sealed, err := hpke.Seal(public, with.kdf, with.aead, info(tenant, keys.Epoch, name), body)
		if err != nil {
			return nil, err
		}
		form := bytes.Clone(magic)
		for _, id := range []uint16{one.KEM, one.KDF, one.AEAD} {
			form = binary.BigEndian.AppendUint16(form, id)
		}
		return append(binary.BigEndian.AppendUint64(form, keys.Epoch), sealed...), nil
	}
	return nil, fmt.Errorf("no key of the suite %s is offered", name)
}

func open(tenant, secret string, body []byte) ([]byte, error) {
	if len(body) < head || !bytes.HasPrefix(body, magic) {
		return nil, errors.New("not a sealed body")
	}
	ids := [3]uint16{}
	for place := range ids {
		ids[place] = binary.BigEndian.Uint16(body[len(magic)+2*place:])
	}
	with, err := suiteOf(ids[0], ids[1], ids[2])
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(secret)
	if err != nil {
		return nil, err
	}
	private, err := with.kem.NewPrivateKey(raw)
	if err != nil {
		return nil, err
	}
	epoch := binary.BigEndian.Uint64(body[head-8:])
	return hpke.Open(private, with.kdf, with.aead, info(tenant, epoch, names[ids[0]]), body[head:])
}

func main() {
	tenant := flag.String("tenant", "", "whose body it is")
	name := flag.String("suite", "mlkem768-x25519", "the suite to seal with")
	file := flag.String("offer", "", "the file with the public keys to seal with")
	secret := flag.String("open", "", "the private key to open with")
	flag.Parse()
	body, err := io.ReadAll(os.Stdin)
	var offered, done []byte
	if err == nil && *secret != "" {
		done, err = open(*tenant, *secret, body)
	} else if err == nil {
		offered, err = os.ReadFile(*file)
		if err == nil {
			done, err = seal(*tenant, *name, offered, body)
		}
	}
	if err == nil {
		_, err = os.Stdout.Write(done)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sender:", err)
		os.Exit(1)
	}
}
