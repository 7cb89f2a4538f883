# Sentences of the pipeline, which knows English only: they are found again by their English (bot/localisation/foreign.py).

pipeline-concept-long = 请最多用{ $most }个字符，例如：一个愤怒的苹果。
pipeline-concept-unread = 我没能从中看出什么东西或角色。试试几个词，比如：一个愤怒的苹果。
pipeline-concept-rude = 友善一点吧。请用更温和的词描述你的角色。
pipeline-no-style = 没有{ $wished }这种风格。可选的有：{ $known }。
pipeline-real-people = 我不画真实的人物。请描述一个现实中不存在的人或物。

pipeline-picture-large = 这张图片太大了，请不要超过{ $most } MB。
pipeline-picture-vast = 这张图片对我来说太大了。
pipeline-picture-format = 这个文件不是我能打开的图片，请用PNG、JPEG、WebP或GIF。
pipeline-picture-no-face = 我在这张图片里没看到脸。
pipeline-picture-several = 这张图片里有好几张脸，我不知道你指的是哪一张。
pipeline-picture-tiny = 这张图片里的脸太小了。
pipeline-picture-cut-off = 这张图片里的脸被截断了。
pipeline-picture-turned = 这张图片里的脸没有朝前看；正面的脸说话效果最好。
pipeline-picture-unlikely = 我看不清这张图片里的脸。

pipeline-voice-large = 这条语音消息太大了，请不要超过{ $most } MB。
pipeline-voice-format = 这个文件不是我能播放的语音消息，请用Ogg、M4A、WebM、MP3或WAV。
pipeline-voice-damaged = 这条语音消息已损坏，无法播放。请再发一次。
pipeline-voice-soundless = 这个文件里没有声音。
pipeline-voice-long = 这条语音消息超过{ $most }秒了。请发一条短一点的。
pipeline-voice-nothing = 我没听到你说话：这条语音消息里没有人声。
pipeline-voice-unsure = 我没听清你说了什么。请离麦克风近一点再说一次，或者打字。
pipeline-voice-english = { $why }我只听得懂英语。

pipeline-no-words = { $name }没想出话来。请再说一次。
pipeline-lost-for-words = { $name }无言以对。请换个说法。
pipeline-rude-words = 语言模型对此只想到了粗鲁的话。请描述另一个角色。
pipeline-stands-in = 语言模型没能回答，暂时由演示写手代替。
pipeline-animator-stands-in = 动画服务没能响应，暂时用更简单的方式让脸动起来。
pipeline-voice-stands-in = 语音服务没能响应，暂时用我自己的声音说话。
pipeline-voice-own = 语音服务没能响应，所以选了我自己的一种声音。
pipeline-worker-died = 处理它的进程中断了。
pipeline-unspoken = 这里还没有会说{ $name }的语言（{ $language }）的声音。
pipeline-voice-foreign = { $name }的声音不会说这条回答所用的语言（{ $language }）。
pipeline-voice-no-further = 声音保持不变：这里没有更接近那个方向的声音了。
pipeline-unread-script = 这里还没有能朗读这种文字的声音。
# What stands for all others, by the class of the error (pipeline/errors.py).
error-ChatAnythingError = 我们这边出了点问题。
error-MissingAsset = 缺少需要安装的内容。我的运营者可以解决。
error-EngineUnavailable = 所需的功能目前没有设置好。我的运营者可以解决。
error-Unreachable = 所需的服务目前没有响应。
error-EngineFailed = 这次没有成功。
error-EngineBusy = 现在有点忙。请稍后再试。
error-TimedOut = 花的时间太长了。请稍后再试。
error-Declined = 内容过滤器拒绝回答。请换个说法。
error-ContextOverflow = 一次的文字太多了。
error-StorageFailed = 我现在什么都记不下来。
