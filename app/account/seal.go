package account

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"strconv"
)

var errSeal = errors.New("account: a second factor's secret could not be sealed or opened")

// seal encrypts a person's second-factor secret. It opens only for the same person.
func (s *Service) seal(userID int64, secret string) ([]byte, error) {
	box, err := boxOf(s.o.Secret)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce)
	return box.Seal(nonce, nonce, []byte(secret), owner(userID)), nil
}

// open decrypts what seal made, under this key or the one before it. old: under the
// one before it.
func (s *Service) open(userID int64, sealed []byte) (secret string, old bool, err error) {
	for i, key := range [][]byte{s.o.Secret, s.o.PreviousSecret} {
		box, err := boxOf(key)
		if err != nil || len(sealed) < box.NonceSize() {
			continue
		}
		plain, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], owner(userID))
		if err == nil {
			return string(plain), i == 1, nil
		}
	}
	return "", false, errSeal
}

func boxOf(key []byte) (cipher.AEAD, error) {
	if len(key) != 32 {
		return nil, errSeal
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errSeal
	}
	return cipher.NewGCM(block)
}

func owner(userID int64) []byte { return []byte("totp:" + strconv.FormatInt(userID, 10)) }
