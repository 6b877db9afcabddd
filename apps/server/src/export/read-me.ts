/** What stands in front of an archive. */
export const readMe = (appName: string, at: Date): string => `${appName}: what there is of you here

Made on ${at.toISOString()}. All times are UTC, as ISO 8601; all .json files are UTF-8.

profile.json              your account, your profile and your settings
sessions.json             where you have signed in
account-history.json      what you have done to your account, and from which address
friends.json, friend-requests.json, contacts.json, blocks.json
                          people, and how you stand to them
conversations.json        the conversations and threads you are in, and how you keep them
invites.json              links that you have made
messages/<id>.json        what you have written in the conversation with that id, with what it said before you edited it;
                          also in groups that you have left. What others have written is theirs, and not in here
drafts.json               what you have written and not sent
scheduled-messages.json   what you have written to be sent later
reactions.json            how you have reacted to messages
stories.json, stories-seen.json
                          your stories of the last day, and those of others that you have seen
reports.json              what you have told the moderators
files.json                the files that you have uploaded ...
files/<id>/<name>         ... and these files themselves

No password is in here, and nothing with which anybody could sign in.
Keep it where only you can read it.
`;
