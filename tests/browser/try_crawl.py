import re
import sys
import time

from tests.browser.walking import Walker, walk

w=Walker(sys.argv[1])
if len(sys.argv)>3: print(w.become(sys.argv[3]).address)
t=time.time()
r=walk(w,tuple(sys.argv[2].split(',')),within=lambda a: True)
print(len(r.answers),len(r.pages),time.time()-t)
from collections import Counter

for a,x in r.answers.items():
    if x.status!=200: print(x.status,a,[f for f,t,_ in r.links if t==a][:3])
ids={a:set(p.identifiers) for a,p in r.pages.items()}
for f,t,fr in r.links:
    if fr and t in ids and fr not in ids[t]: print('FRAG',f,t,fr)
c=Counter()
ex={}
for a,p in r.pages.items():
    if len(p.headings)!=1 or not p.title.strip(): print('H1',a,p.headings,p.title)
    d=[i for i,n in Counter(p.identifiers).items() if n>1]
    if d: print('DUP',a,d)
    for l,ws in p.words:
        bad = re.findall(r'[A-Za-z]{3,}',ws) if l=='ko' else (re.findall('[가-힣]+',ws) if l=='en' else ['?'+l])
        if bad: c[(l,ws)]+=1; ex.setdefault((l,ws),a)
for k,n in c.most_common(): print(n,k,ex[k])
