package simulator

import (
	"encoding/json"
	"regexp"
	"unicode/utf8"
)

const (
	maxCommands           = 100
	maxCommandDescription = 256
)

var (
	commandShape  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageShape = regexp.MustCompile(`^[a-z]{2}$`)
)

// settings are what the bot says of itself, each by scope and language.
type settings struct {
	commands map[commandKey][]botCommand
	texts    map[textKey]string
	menu     map[int64]json.RawMessage
}

type commandKey struct {
	scope    string
	chat     int64
	user     int64
	language string
}

type textKey struct{ field, language string }

func newSettings() settings {
	return settings{commands: map[commandKey][]botCommand{}, texts: map[textKey]string{}, menu: map[int64]json.RawMessage{}}
}

func (c *call) commandKey() (commandKey, *failure) {
	key := commandKey{scope: "default"}
	if raw := c.str("scope"); raw != "" {
		var scope struct {
			Type string `json:"type"`
			Chat int64  `json:"chat_id"`
			User int64  `json:"user_id"`
		}
		if json.Unmarshal([]byte(raw), &scope) != nil {
			return key, badRequest("can't parse BotCommandScope: Object expected")
		}
		key = commandKey{scope: scope.Type, chat: scope.Chat, user: scope.User}
	}
	switch key.scope {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators", "chat_member":
	default:
		return key, badRequest("can't parse BotCommandScope: unsupported type specified")
	}
	language, err := c.language()
	key.language = language
	return key, err
}

func (c *call) language() (string, *failure) {
	language := c.str("language_code")
	if language != "" && !languageShape.MatchString(language) {
		return "", badRequest("invalid language code specified")
	}
	return language, nil
}

func (s *Server) setMyCommands(c *call) (any, *failure) {
	key, err := c.commandKey()
	if err != nil {
		return nil, err
	}
	var commands []botCommand
	if json.Unmarshal([]byte(c.str("commands")), &commands) != nil {
		return nil, badRequest("can't parse commands JSON object")
	}
	if len(commands) > maxCommands {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for i, command := range commands {
		if n := len(command.Command); n > 0 && command.Command[0] == '/' {
			commands[i].Command = command.Command[1:]
		}
		if !commandShape.MatchString(commands[i].Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := utf8.RuneCountInString(command.Description); n < 1 || n > maxCommandDescription {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	if err := s.changeCommands(key, commands); err != nil {
		return nil, err
	}
	return true, nil
}

func (s *Server) deleteMyCommands(c *call) (any, *failure) {
	key, err := c.commandKey()
	if err == nil {
		err = s.changeCommands(key, nil)
	}
	return err == nil, err
}

func (s *Server) changeCommands(key commandKey, commands []botCommand) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key.chat != 0 && s.chats[key.chat] == nil {
		return badRequest("chat not found")
	}
	if len(commands) == 0 {
		delete(s.settings.commands, key)
	} else {
		s.settings.commands[key] = commands
	}
	for _, p := range s.people {
		if len(p.chat.watchers) > 0 {
			p.chat.show("commands", s.settings.commandsFor(p))
		}
	}
	return nil
}

func (s *Server) getMyCommands(c *call) (any, *failure) {
	key, err := c.commandKey()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if commands := s.settings.commands[key]; commands != nil {
		return commands, nil
	}
	return []botCommand{}, nil
}

// commandsFor is the list that a person's app shows: the narrowest scope first, in each the app's language before none.
// Source: core.telegram.org/bots/api#determining-list-of-commands.
func (st *settings) commandsFor(p *Person) []botCommand {
	for _, scope := range []commandKey{{scope: "chat", chat: p.profile.ID}, {scope: "all_private_chats"}, {scope: "default"}} {
		for _, language := range []string{shortLanguage(p.profile.LanguageCode), ""} {
			scope.language = language
			if commands := st.commands[scope]; commands != nil {
				return commands
			}
		}
	}
	return []botCommand{}
}

func shortLanguage(code string) string {
	if len(code) > 2 {
		return code[:2]
	}
	return code
}

// setText makes the method that sets one of the bot's texts; an empty one goes back to the default.
func setText(field string, limit int) func(*Server, *call) (any, *failure) {
	return func(s *Server, c *call) (any, *failure) {
		language, err := c.language()
		if err != nil {
			return nil, err
		}
		text := c.str(field)
		if utf8.RuneCountInString(text) > limit {
			return nil, badRequest("bot %s is too long", field)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.settings.texts[textKey{field, language}] = text
		return true, nil
	}
}

func getText(field string) func(*Server, *call) (any, *failure) {
	return func(s *Server, c *call) (any, *failure) {
		language, err := c.language()
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		text := s.settings.texts[textKey{field, language}]
		if text == "" {
			text = s.settings.texts[textKey{field, ""}]
		}
		return map[string]string{field: text}, nil
	}
}

func (s *Server) setChatMenuButton(c *call) (any, *failure) {
	button := json.RawMessage(c.str("menu_button"))
	if len(button) == 0 {
		button = json.RawMessage(`{"type":"default"}`)
	}
	var kind struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(button, &kind) != nil {
		return nil, badRequest("can't parse menu button: Object expected")
	}
	switch kind.Type {
	case "commands", "default", "web_app":
	default:
		return nil, badRequest("can't parse menu button: unsupported type specified")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings.menu[c.integer("chat_id", 0)] = button
	return true, nil
}

func (s *Server) getChatMenuButton(c *call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, chat := range []int64{c.integer("chat_id", 0), 0} {
		if button := s.settings.menu[chat]; button != nil {
			return button, nil
		}
	}
	return json.RawMessage(`{"type":"default"}`), nil
}
