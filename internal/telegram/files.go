package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-telegram/bot"

	"github.com/qafila/qafila/internal/media"
)

var _ media.Source = (*Client)(nil)

// Fetch gives the bytes of a file that somebody sent, at most so many: more are not read, whatever Telegram said of its size.
func (c *Client) Fetch(ctx context.Context, file string, most int) ([]byte, error) {
	f, err := c.api.GetFile(ctx, &bot.GetFileParams{FileID: file})
	var flood *bot.TooManyRequestsError
	switch {
	case errors.As(err, &flood):
		return nil, &media.Busy{For: max(time.Duration(flood.RetryAfter)*time.Second, time.Second)}
	case errors.Is(err, bot.ErrorBadRequest) && strings.Contains(err.Error(), "file is too big"):
		return nil, media.ErrTooBig
	case errors.Is(err, bot.ErrorBadRequest): // "wrong file_id or the file is temporarily unavailable"
		return nil, media.ErrMissing
	case err != nil:
		return nil, fmt.Errorf("call getFile: %w", c.Hide(err))
	case f.FileSize > int64(most):
		return nil, media.ErrTooBig
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.api.FileDownloadLink(f), nil)
	if err != nil {
		return nil, fmt.Errorf("download a file: %w", c.Hide(err))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("download a file: %w", c.Hide(err))
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, media.ErrMissing
	default:
		return nil, fmt.Errorf("download a file: status %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("download a file: %w", c.Hide(err))
	}
	if len(data) > most {
		return nil, media.ErrTooBig
	}
	return data, nil
}
