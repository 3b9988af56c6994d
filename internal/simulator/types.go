package simulator

import "encoding/json"

// The Bot API objects that the simulator speaks, with the fields that it fills. Names and types are Telegram's own; a test
// compares them with a machine-readable copy of the Bot API.
// A message is never changed once it is in a chat: an edit replaces it by a changed copy, so readers need no lock.

type user struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`

	CanJoinGroups           *bool `json:"can_join_groups,omitempty"`
	CanReadAllGroupMessages *bool `json:"can_read_all_group_messages,omitempty"`
	SupportsInlineQueries   *bool `json:"supports_inline_queries,omitempty"`
}

type chatInfo struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
}

type message struct {
	MessageID      int              `json:"message_id"`
	From           *user            `json:"from,omitempty"`
	Chat           chatInfo         `json:"chat"`
	Date           int64            `json:"date"`
	ForwardOrigin  *origin          `json:"forward_origin,omitempty"`
	ReplyToMessage *message         `json:"reply_to_message,omitempty"`
	EditDate       int64            `json:"edit_date,omitempty"`
	Protected      bool             `json:"has_protected_content,omitempty"`
	Text           string           `json:"text,omitempty"`
	Entities       []entity         `json:"entities,omitempty"`
	LinkPreview    json.RawMessage  `json:"link_preview_options,omitempty"`
	Animation      *media           `json:"animation,omitempty"`
	Audio          *media           `json:"audio,omitempty"`
	Document       *media           `json:"document,omitempty"`
	Photo          []photoSize      `json:"photo,omitempty"`
	Sticker        *sticker         `json:"sticker,omitempty"`
	Video          *media           `json:"video,omitempty"`
	Voice          *media           `json:"voice,omitempty"`
	Caption        string           `json:"caption,omitempty"`
	CaptionEnts    []entity         `json:"caption_entities,omitempty"`
	Contact        *contact         `json:"contact,omitempty"`
	Venue          *venue           `json:"venue,omitempty"`
	Location       *location        `json:"location,omitempty"`
	ReplyMarkup    *inlineKeyboard  `json:"reply_markup,omitempty"`
	hiddenKeyboard *json.RawMessage // what the person's phone shows under the chat; the API doesn't tell it back
}

// origin is a MessageOrigin of type "user" or "hidden_user".
type origin struct {
	Type           string `json:"type"`
	Date           int64  `json:"date"`
	SenderUser     *user  `json:"sender_user,omitempty"`
	SenderUserName string `json:"sender_user_name,omitempty"`
}

// entity offsets and lengths count UTF-16 units.
type entity struct {
	Type          string `json:"type"`
	Offset        int    `json:"offset"`
	Length        int    `json:"length"`
	URL           string `json:"url,omitempty"`
	User          *user  `json:"user,omitempty"`
	Language      string `json:"language,omitempty"`
	CustomEmojiID string `json:"custom_emoji_id,omitempty"`
}

type photoSize struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	FileSize     int    `json:"file_size,omitempty"`
}

// media is a Document, Voice, Audio, Video or Animation: they differ only in which fields are set.
type media struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	Width        int    `json:"width,omitempty"`
	Height       int    `json:"height,omitempty"`
	Duration     *int   `json:"duration,omitempty"`
	FileName     string `json:"file_name,omitempty"`
	MIMEType     string `json:"mime_type,omitempty"`
	FileSize     int    `json:"file_size,omitempty"`
}

type sticker struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	Type         string `json:"type"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	IsAnimated   bool   `json:"is_animated"`
	IsVideo      bool   `json:"is_video"`
	Emoji        string `json:"emoji,omitempty"`
	FileSize     int    `json:"file_size,omitempty"`
}

type contact struct {
	PhoneNumber string `json:"phone_number"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name,omitempty"`
	UserID      int64  `json:"user_id,omitempty"`
	VCard       string `json:"vcard,omitempty"`
}

type location struct {
	Latitude           float64 `json:"latitude"`
	Longitude          float64 `json:"longitude"`
	HorizontalAccuracy float64 `json:"horizontal_accuracy,omitempty"`
}

type venue struct {
	Location      location `json:"location"`
	Title         string   `json:"title"`
	Address       string   `json:"address"`
	FoursquareID  string   `json:"foursquare_id,omitempty"`
	GooglePlaceID string   `json:"google_place_id,omitempty"`
}

type inlineKeyboard struct {
	InlineKeyboard [][]inlineButton `json:"inline_keyboard"`
}

type inlineButton struct {
	Text                  string          `json:"text"`
	IconCustomEmojiID     string          `json:"icon_custom_emoji_id,omitempty"`
	Style                 string          `json:"style,omitempty"`
	URL                   string          `json:"url,omitempty"`
	CallbackData          string          `json:"callback_data,omitempty"`
	WebApp                json.RawMessage `json:"web_app,omitempty"`
	LoginURL              json.RawMessage `json:"login_url,omitempty"`
	SwitchInline          *string         `json:"switch_inline_query,omitempty"`
	SwitchInlineHere      *string         `json:"switch_inline_query_current_chat,omitempty"`
	SwitchInlineElsewhere json.RawMessage `json:"switch_inline_query_chosen_chat,omitempty"`
	CopyText              json.RawMessage `json:"copy_text,omitempty"`
	Pay                   bool            `json:"pay,omitempty"`
}

type replyKeyboard struct {
	Keyboard              [][]replyButton `json:"keyboard"`
	IsPersistent          bool            `json:"is_persistent,omitempty"`
	ResizeKeyboard        bool            `json:"resize_keyboard,omitempty"`
	OneTimeKeyboard       bool            `json:"one_time_keyboard,omitempty"`
	InputFieldPlaceholder string          `json:"input_field_placeholder,omitempty"`
	Selective             bool            `json:"selective,omitempty"`
}

type replyButton struct {
	Text              string          `json:"text"`
	IconCustomEmojiID string          `json:"icon_custom_emoji_id,omitempty"`
	Style             string          `json:"style,omitempty"`
	RequestUsers      json.RawMessage `json:"request_users,omitempty"`
	RequestChat       json.RawMessage `json:"request_chat,omitempty"`
	RequestContact    bool            `json:"request_contact,omitempty"`
	RequestLocation   bool            `json:"request_location,omitempty"`
	RequestPoll       json.RawMessage `json:"request_poll,omitempty"`
	WebApp            json.RawMessage `json:"web_app,omitempty"`
}

// plain tells whether pressing the button just sends its text.
func (b replyButton) plain() bool {
	return !b.RequestContact && !b.RequestLocation && b.RequestUsers == nil && b.RequestChat == nil &&
		b.RequestPoll == nil && b.WebApp == nil
}

type callbackQuery struct {
	ID           string `json:"id"`
	From         user   `json:"from"`
	Message      any    `json:"message,omitempty"` // *message, or inaccessible
	ChatInstance string `json:"chat_instance"`
	Data         string `json:"data,omitempty"`
}

// inaccessible is an InaccessibleMessage: a deleted one, told by its date 0.
type inaccessible struct {
	Chat      chatInfo `json:"chat"`
	MessageID int      `json:"message_id"`
	Date      int64    `json:"date"`
}

type chatMemberUpdated struct {
	Chat          chatInfo   `json:"chat"`
	From          user       `json:"from"`
	Date          int64      `json:"date"`
	OldChatMember chatMember `json:"old_chat_member"`
	NewChatMember chatMember `json:"new_chat_member"`
}

type chatMember struct {
	Status    string `json:"status"`
	User      user   `json:"user"`
	UntilDate *int64 `json:"until_date,omitempty"`
}

type webhookInfo struct {
	URL                  string   `json:"url"`
	HasCustomCertificate bool     `json:"has_custom_certificate"`
	PendingUpdateCount   int      `json:"pending_update_count"`
	LastErrorDate        int64    `json:"last_error_date,omitempty"`
	LastErrorMessage     string   `json:"last_error_message,omitempty"`
	MaxConnections       int      `json:"max_connections,omitempty"`
	AllowedUpdates       []string `json:"allowed_updates,omitempty"`
}

type fileInfo struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileSize     int    `json:"file_size,omitempty"`
	FilePath     string `json:"file_path,omitempty"`
}

type botCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}
