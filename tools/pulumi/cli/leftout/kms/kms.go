// Package kms stands in for the client of AWS's key management, which only secrets in `awskms://` use.
package kms

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
)

var errLeftOut = errors.New("secrets by AWS KMS are left out of this build of the CLI: use an official release for them")

type Client struct{}

type Options struct{}

func NewFromConfig(aws.Config, ...func(*Options)) *Client { return &Client{} }

type DecryptInput struct {
	CiphertextBlob    []byte
	EncryptionContext map[string]string
}

type DecryptOutput struct {
	Plaintext []byte
}

func (*Client) Decrypt(context.Context, *DecryptInput, ...func(*Options)) (*DecryptOutput, error) {
	return nil, errLeftOut
}

type EncryptInput struct {
	KeyId             *string
	Plaintext         []byte
	EncryptionContext map[string]string
}

type EncryptOutput struct {
	CiphertextBlob []byte
}

func (*Client) Encrypt(context.Context, *EncryptInput, ...func(*Options)) (*EncryptOutput, error) {
	return nil, errLeftOut
}
