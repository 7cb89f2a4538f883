# What cannot be asked for (bot/asking.py).

asking-forgotten = 已经没人记得当时要的是什么了。请重新召唤。
asking-wish = 请用不超过{ $most }个字符说说声音该是怎样的。
