# Scenes: several characters and people play together (bot/scenes, bot/discord/scenes.py).

scenes-narrator = Narrator
scenes-untitled = A scene
scenes-opens = The scene begins. Here are { $names }.
scenes-enters = { $name } comes in.
scenes-leaves = { $name } leaves.

scenes-one-already = A scene is being played here already; `/scene end` ends it.
scenes-none = No scene is being played here; `/scene start` begins one.
scenes-none-ever = No scene has been played here yet; `/scene start` begins one.
scenes-not-yours = Only whoever started the scene, or a moderator, can do that.
scenes-there-already = { $name } is in the scene already.
scenes-not-there = { $name } is not in the scene.
scenes-full = { $most } characters are enough for one scene.
scenes-nobody = Somebody has to be in a scene: choose at least one character.
scenes-paused-already = The scene is paused already; `/scene resume` goes on.
scenes-not-paused = The scene is not paused.
scenes-used-up = The characters have said { $lines ->
    [one] their one line
   *[other] all of their { $lines } lines
} of this scene, so it is paused. What is said is still kept; `/scene end` ends it.
scenes-too-fast = The characters have said { $lines } lines within an hour, which is enough for now, so the scene is paused; `/scene resume` goes on later.
scenes-empty = Nothing was said in that scene.
scenes-somebody = Somebody
scenes-and = { $first } and { $last }
scenes-ai-note = A scene that people and AI characters made up together. What the characters say was written by a computer program.
scenes-characters = Characters (AI): { $names }
scenes-people = People: { $names }

scenes-how-free = Whoever has something to say says it.
scenes-how-round = Everybody says something, one after the other.
scenes-how-mentioned = Who is named, or replied to, answers.
scenes-how-picked = Whoever has most reason to speaks next.
scenes-manual = What you write here is heard by all of them, but for lines that begin with //. They are AI characters. `/scene narrate` tells what happens, `/scene end` ends it.
scenes-paused = The scene is paused. What is said is kept, and nobody answers until `/scene resume`.
scenes-resumed = The scene goes on.
scenes-over = The scene is over. Here is all that was said.
scenes-film-hint = `/scene transcript` makes a film of it, too.
scenes-deaf = Here I hear only lines that mention me or reply to a character: whoever runs this bot has not switched on “Message Content Intent”.
scenes-transcript = Here is all that was said.
