package simulator

type method func(*Server, *call) (any, *failure)

// knownMethods are the Bot API methods that the simulator knows, by lower-cased name: the API's names are case-insensitive.
func knownMethods() map[string]method {
	return map[string]method{
		"getme":  (*Server).getMe,
		"logout": (*Server).nothingToDo,
		"close":  (*Server).nothingToDo,

		"getupdates":     (*Server).getUpdates,
		"setwebhook":     (*Server).setWebhook,
		"deletewebhook":  (*Server).deleteWebhook,
		"getwebhookinfo": (*Server).getWebhookInfo,

		"sendmessage":    (*Server).sendMessage,
		"sendphoto":      (*Server).sendPhoto,
		"senddocument":   (*Server).sendDocument,
		"sendvoice":      (*Server).sendVoice,
		"sendaudio":      (*Server).sendAudio,
		"sendvideo":      (*Server).sendVideo,
		"sendanimation":  (*Server).sendAnimation,
		"sendlocation":   (*Server).sendLocation,
		"sendvenue":      (*Server).sendVenue,
		"sendcontact":    (*Server).sendContact,
		"sendchataction": (*Server).sendChatAction,
		"copymessage":    (*Server).copyMessage,
		"forwardmessage": (*Server).forwardMessage,

		"editmessagetext":        (*Server).editMessageText,
		"editmessagecaption":     (*Server).editMessageCaption,
		"editmessagereplymarkup": (*Server).editMessageReplyMarkup,
		"deletemessage":          (*Server).deleteMessage,
		"deletemessages":         (*Server).deleteMessages,
		"answercallbackquery":    (*Server).answerCallbackQuery,
		"getfile":                (*Server).getFile,

		"setmycommands":         (*Server).setMyCommands,
		"getmycommands":         (*Server).getMyCommands,
		"deletemycommands":      (*Server).deleteMyCommands,
		"setmyname":             setText("name", 64),
		"getmyname":             getText("name"),
		"setmydescription":      setText("description", 512),
		"getmydescription":      getText("description"),
		"setmyshortdescription": setText("short_description", 120),
		"getmyshortdescription": getText("short_description"),
		"setchatmenubutton":     (*Server).setChatMenuButton,
		"getchatmenubutton":     (*Server).getChatMenuButton,
	}
}

func (s *Server) getMe(*call) (any, *failure) {
	me := s.bot
	yes, no := true, false
	me.CanJoinGroups, me.CanReadAllGroupMessages, me.SupportsInlineQueries = &yes, &no, &no
	return me, nil
}

func (s *Server) nothingToDo(*call) (any, *failure) { return true, nil }
