package media

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// BucketConfig says which bucket of an S3-compatible store to use.
type BucketConfig struct {
	Endpoint  string // https://s3.example.ma
	Bucket    string
	AccessKey string
	SecretKey string
	Region    string
	Prefix    string // before each key; ""
	Transport http.RoundTripper
}

// A Bucket is an S3-compatible store.
type Bucket struct {
	client *minio.Client
	bucket string
	prefix string
	name   string
}

var _ Store = (*Bucket)(nil)

// OpenBucket makes a store of a bucket. It calls nothing yet: a store that is away for a while holds up nothing but its files.
func OpenBucket(c BucketConfig) (*Bucket, error) {
	at, err := url.Parse(c.Endpoint)
	if err != nil || at.Host == "" {
		return nil, fmt.Errorf("the store's address is no http or https address: %q", c.Endpoint)
	}
	client, err := minio.New(at.Host, &minio.Options{Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: at.Scheme == "https",
		Region: c.Region, Transport: c.Transport, MaxRetries: 1}) // what fails is tried again by the table
	if err != nil {
		return nil, fmt.Errorf("make a client of the store: %w", err)
	}
	return &Bucket{client: client, bucket: c.Bucket, prefix: c.Prefix, name: "s3:" + at.Host + "/" + c.Bucket + "/" + c.Prefix}, nil
}

// Name is the address without the keys to it.
func (b *Bucket) Name() string { return b.name }

// Put keeps data in one request.
func (b *Bucket) Put(ctx context.Context, key string, data []byte, contentType string) error {
	_, err := b.client.PutObject(ctx, b.bucket, b.prefix+key, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{ContentType: contentType, DisableMultipart: true})
	if err != nil {
		return b.explain(err)
	}
	return nil
}

// Get reads what is under the key, and no more than a file may be big.
func (b *Bucket) Get(ctx context.Context, key string) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, b.explain(err)
	}
	defer func() { _ = object.Close() }()
	data, err := io.ReadAll(io.LimitReader(object, Most))
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, ErrNotKept
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return data, nil
}

// Delete leaves nothing under the key; a bucket that keeps old versions keeps it all the same.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := b.client.RemoveObject(ctx, b.bucket, b.prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return b.explain(err)
	}
	return nil
}

// what an S3-compatible store means by its codes, and what an operator can do. Amazon's, and MinIO's of a full disk.
var meant = map[string]string{
	"InvalidAccessKeyId":             "it doesn't know QAFILA_S3_ACCESS_KEY",
	"SignatureDoesNotMatch":          "QAFILA_S3_SECRET_KEY is not the one of QAFILA_S3_ACCESS_KEY",
	"AccessDenied":                   "the keys may not put, get and delete in QAFILA_S3_BUCKET",
	"NoSuchBucket":                   "there is no bucket of the name in QAFILA_S3_BUCKET",
	"AuthorizationHeaderMalformed":   "QAFILA_S3_REGION is not the bucket's",
	"RequestTimeTooSkewed":           "this machine's clock is wrong",
	"XMinioStorageFull":              "it is full; make room, nothing is lost",
	"XMinioAdminBucketQuotaExceeded": "it is full; make room, nothing is lost",
	"QuotaExceeded":                  "it is full; make room, nothing is lost",
	"ServiceUnavailable":             "it is away, nothing is lost",
	"SlowDown":                       "it is away, nothing is lost",
	"XMinioServerNotInitialized":     "it is away, nothing is lost",
}

// explain says which store it is about, and what an operator can do.
func (b *Bucket) explain(err error) error {
	if what := meant[minio.ToErrorResponse(err).Code]; what != "" {
		return fmt.Errorf("in the store %s: %s: %w", b.name, what, err)
	}
	return fmt.Errorf("in the store %s: %w", b.name, err)
}
