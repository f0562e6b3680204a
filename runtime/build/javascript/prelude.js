// Made of prelude/*.ts by `deno task prelude`; change those.
(()=>{var scope=globalThis,native=scope.skerryNative;delete scope.skerryNative;function decodeUtf8(bytes,isFatal){let pieces=[],units=[];for(let at=0;at<bytes.length;){let{point,length}=characterAt(
bytes,at);if(point===void 0&&isFatal)throw new TypeError("The bytes are not UTF-8");units.push(point??
65533),at+=length,!(units.length<4096)&&(pieces.push(String.fromCodePoint(...units)),units=[])}return pieces.
push(String.fromCodePoint(...units)),pieces.join("")}function characterAt(bytes,at){let first=bytes[at];
if(first<128)return{point:first,length:1};let size=first<194?1:first<224?2:first<240?3:first<245?4:1;
if(size===1)return{point:void 0,length:1};let point=first&127>>size;for(let i=1;i<size;i++){let byte=bytes[at+
i];if(byte===void 0||!mayFollow(first,i,byte))return{point:void 0,length:i};point=point*64+(byte&63)}
return{point,length:size}}function mayFollow(first,index,byte){let low=128,high=191;return index===1&&
(first===224&&(low=160),first===237&&(high=159),first===240&&(low=144),first===244&&(high=143)),byte>=
low&&byte<=high}function encodeUtf8(text2){return native.encode(text2.isWellFormed()?text2:text2.toWellFormed())}function decodeBytes(bytes,isFatal=!1){
let text2=native.decode(bytes);return text2.includes("\uFFFD")||!text2.isWellFormed()?decodeUtf8(bytes,
isFatal):text2}function bytesOf(source){if(source instanceof ArrayBuffer)return new Uint8Array(source);
if(!ArrayBuffer.isView(source))throw new TypeError("Expected an ArrayBuffer or a view of one");return new Uint8Array(
source.buffer,source.byteOffset,source.byteLength)}var TextEncoder=class{get encoding(){return"utf-8"}encode(text2=""){
return encodeUtf8(String(text2))}encodeInto(text2,destination){let read=0,written=0;for(let character of text2){
let bytes=encodeUtf8(character);if(written+bytes.length>destination.length)break;destination.set(bytes,
written),written+=bytes.length,read+=character.length}return{read,written}}},UTF8_LABELS=["utf-8","u\
tf8","unicode-1-1-utf-8"],BOM=65279,TextDecoder=class{encoding="utf-8";fatal;ignoreBOM;#rest=new Uint8Array(
0);#isBegun=!1;constructor(label="utf-8",{fatal=!1,ignoreBOM=!1}={}){if(!UTF8_LABELS.includes(String(
label).trim().toLowerCase()))throw new RangeError(`The encoding ${label} is not supported; only utf-\
8 is`);this.fatal=fatal,this.ignoreBOM=ignoreBOM}decode(source,{stream=!1}={}){let bytes=source===void 0?
new Uint8Array(0):bytesOf(source);this.#rest.length>0&&(bytes=joinBytes([this.#rest,bytes]));let end2=stream?
endOfCharacters(bytes):bytes.length;this.#rest=bytes.slice(end2);let text2=decodeBytes(bytes.subarray(
0,end2),this.fatal),isFirst=!this.#isBegun;return this.#isBegun=stream&&(this.#isBegun||end2>0),isFirst&&
!this.ignoreBOM&&text2.charCodeAt(0)===BOM?text2.slice(1):text2}};function endOfCharacters(bytes){for(let back=1;back<=
Math.min(3,bytes.length);back++){let byte=bytes[bytes.length-back];if(byte<128)break;if(byte<192)continue;
return(byte<224?2:byte<240?3:4)>back?bytes.length-back:bytes.length}return bytes.length}function joinBytes(parts){
let all=new Uint8Array(parts.reduce((length,part)=>length+part.length,0)),end2=0;for(let part of parts)
all.set(part,end2),end2+=part.length;return all}var MODULE_NAME="skerry:function";function mapStack(stack){return stack.split(`
`).filter(line=>line!=="").filter(line=>!line.includes("<skerry>")&&!line.includes("(native)")).map(
line=>line.replace(/skerry:function:(\d+):(\d+)/g,(_,line2,column)=>userPlace(Number(line2),Number(column)))).
join(`
`)}function userPlace(line,column){let found=userPlaceOf(line,column);return[native.fileName,found?.
line,found?.column].filter(each=>each!==void 0).join(":")}function userPlaceOf(line,column){let found=placeOf(
line-1,column-1);return found&&{line:found.sourceLine+1,column:found.sourceColumn+1}}function placeOf(line,column){
let places=decodeLine(line);return places.findLast(each=>each.column<=column)??places[0]}var DIGITS="\
ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";function decodeLine(wanted){let sourceLine=0,
sourceColumn=0,lines=native.mappings.split(";");for(let line=0;line<=wanted&&line<lines.length;line++){
let column=0,places=[];for(let segment of lines[line].split(",")){let[columnDelta=0,,lineDelta,columnOfSource]=decodeVlq(
segment);column+=columnDelta,!(lineDelta===void 0||columnOfSource===void 0)&&(sourceLine+=lineDelta,
sourceColumn+=columnOfSource,places.push({column,sourceLine,sourceColumn}))}if(line===wanted)return places}
return[]}function decodeVlq(segment){let numbers=[],value=0,shift=0;for(let character of segment){let digit2=DIGITS.
indexOf(character);value+=(digit2&31)<<shift,shift+=5,!(digit2&32)&&(numbers.push(value&1?-(value>>1):
value>>1),value=shift=0)}return numbers}var MAX_DEPTH=4,MAX_ITEMS=100,MAX_LINE=72;function format(values){let[first,...rest]=values;return typeof first!=
"string"||!first.includes("%")?values.map(shown).join(" "):[first.replace(/%[sdifjoOc%]/g,placeholder=>placeholder===
"%%"?"%":rest.length===0?placeholder:filledIn(placeholder,rest.shift())),...rest.map(shown)].join(" ")}
function filledIn(placeholder,value){switch(placeholder){case"%s":return typeof value=="object"?inspect(
value):String(value);case"%d":return String(typeof value=="object"?NaN:Number(value));case"%i":return String(
parseInt(String(value)));case"%f":return String(parseFloat(String(value)));case"%j":return JSON.stringify(
value);case"%c":return"";default:return inspect(value)}}function shown(value){return typeof value=="\
string"?value:inspect(value)}function inspect(value){return new Inspector().text(value,0)}function describeError(error){
if(!(error instanceof Error))return inspect(error);let stack=mapStack(String(error.stack??"")),cause=error.
cause===void 0?"":`
Caused by: ${describeError(error.cause)}`;return`${error.name}: ${error.message}${stack&&`
`+stack}${cause}`}var Inspector=class{#open=new Set;text(value,depth){switch(typeof value){case"stri\
ng":return depth===0?value:JSON.stringify(value);case"bigint":return`${value}n`;case"function":return`\
[${isClass(value)?"class":"Function"}: ${value.name||"(anonymous)"}]`;case"object":return value===null?
"null":this.#object(value,depth);default:return Object.is(value,-0)?"-0":String(value)}}#object(value,depth){
if(this.#open.has(value))return"[Circular]";if(value instanceof Error)return describeError(value);if(value instanceof
Date)return isNaN(value.getTime())?"Invalid Date":value.toISOString();if(value instanceof RegExp)return String(
value);if(value instanceof Promise)return"Promise {}";if(value instanceof ArrayBuffer)return`ArrayBu\
ffer { ${value.byteLength} bytes }`;if(depth>MAX_DEPTH)return Array.isArray(value)?"[Array]":"[Objec\
t]";this.#open.add(value);let text2=this.#contents(value,depth);return this.#open.delete(value),text2}#contents(value,depth){
let each=item=>this.text(item,depth+1),name=nameOf(value);if(Array.isArray(value))return block("","[\
]",items(value,each),depth);if(ArrayBuffer.isView(value)&&!(value instanceof DataView)){let view=value;
return block(`${name}(${view.length}) `,"[]",items(view,each),depth)}if(value instanceof Set)return block(
`Set(${value.size}) `,"{}",items(value,each),depth);let isMap=value instanceof Map;if(isMap||name===
"Headers"||name==="URLSearchParams"||name==="FormData"){let pair=([key,item])=>`${each(key)} => ${each(
item)}`;return block(`${name}${isMap?`(${value.size})`:""} `,"{}",items(value,pair),depth)}let pairs=items(
Object.keys(value),key=>`${/^[A-Za-z_$][\w$]*$/.test(key)?key:JSON.stringify(key)}: ${each(value[key])}`);
return block(name==="Object"?"":`${name} `,"{}",pairs,depth)}};function isClass(value){return/^class\b/.
test(Function.prototype.toString.call(value))}function nameOf(value){let prototype=Object.getPrototypeOf(
value);return prototype===null?"[Object: null prototype]":prototype.constructor?.name||"Object"}function items(all,text2){
let texts=[];for(let item of all){if(texts.length===MAX_ITEMS)return[...texts,"\u2026"];texts.push(text2(
item))}return texts}function block(prefix,brackets,texts,depth){let[open,close]=brackets;if(texts.length===
0)return`${prefix}${brackets}`;if(texts.reduce((sum,each)=>sum+each.length+2,0)<MAX_LINE&&!texts.some(
each=>each.includes(`
`)))return`${prefix}${open} ${texts.join(", ")} ${close}`;let indent2="  ".repeat(depth+1);return`${prefix}${open}\

${texts.map(each=>indent2+each).join(`,
`)}
${"  ".repeat(depth)}${close}`}var isTold=!1;function noteLate(){isTold=!0}function isLate(){return isTold}var STDOUT=1,STDERR=2,words=new Uint32Array(8),wordsAt=native.address(new Uint8Array(words.buffer)),
countAt=wordsAt+16,COUNT=4;function write(fd,bytes){let at=native.address(bytes),left=bytes.length;for(;left>
0;){if(words[0]=at,words[1]=left,native.fd_write(fd,wordsAt,1,countAt)!==0)return;at+=words[COUNT],left-=
words[COUNT]}}function readInput(){noteLate();let buffer=new Uint8Array(4096),length=0;for(;words[0]=
native.address(buffer)+length,words[1]=buffer.length-length,!(native.fd_read(0,wordsAt,1,countAt)!==
0||words[COUNT]===0);)if(length+=words[COUNT],length===buffer.length){let larger=new Uint8Array(length*
4);larger.set(buffer),buffer=larger}return buffer.slice(0,length)}function readEnvironment(){if(native.
environ_sizes_get(wordsAt,countAt)!==0||words[0]===0)return[];let pointers=new Uint8Array(words[0]*4),
bytes=new Uint8Array(words[COUNT]);return native.environ_get(native.address(pointers),native.address(
bytes)),native.decode(bytes.subarray(0,bytes.length-1)).split("\0").map(each=>{let end2=each.indexOf(
"=");return[each.slice(0,end2),each.slice(end2+1)]})}function fillRandom(bytes){noteLate(),bytes.length>
0&&native.random_get(native.address(bytes),bytes.length)}var subscription=new Uint8Array(48),event=new Uint8Array(
32),MONOTONIC=1;function sleep(ms){let view=new DataView(subscription.buffer);view.setUint32(16,MONOTONIC,
!0),view.setBigUint64(24,BigInt(Math.ceil(ms*1e6)),!0),native.poll_oneoff(native.address(subscription),
native.address(event),1,countAt)}var MAX_COLLECTED=16*1024,collected=[],collectedBytes=0,logFd=STDOUT;function logToError(){logFd=STDERR}
function print(bytes){collected.push(bytes),collectedBytes+=bytes.length,collectedBytes>MAX_COLLECTED&&
flush()}function flush(){collectedBytes>0&&write(STDOUT,joinBytes(collected)),collected=[],collectedBytes=
0}function logError(error){write(STDERR,encodeUtf8(`Uncaught ${describeError(error)}
`))}var indent="",counts=new Map,startsMs=new Map;function writeLine(fd,text2){let line=encodeUtf8(indent&&
indent+text2.replaceAll(`
`,`
`+indent)||text2),bytes=joinBytes([line,NEWLINE]);fd===STDOUT?print(bytes):write(fd,bytes)}var NEWLINE=Uint8Array.
of(10);function log(...values){writeLine(logFd,format(values))}function warn(...values){writeLine(STDERR,
format(values))}function group(...values){values.length>0&&log(...values),indent+="  "}function elapsed(label){
return`${label}: ${Date.now()-(startsMs.get(label)??Date.now())}ms`}var console={log,info:log,debug:log,
dir:value=>log(value),table:value=>log(value),error:warn,warn,trace:(...values)=>warn(describeError(
new Error(format(values)))),assert(condition,...values){condition||warn("Assertion failed"+(values.length>
0?":":""),...values)},group,groupCollapsed:group,groupEnd(){indent=indent.slice(2)},count(label="def\
ault"){counts.set(label,(counts.get(label)??0)+1),log(`${label}: ${counts.get(label)}`)},countReset:(label="\
default")=>{counts.delete(label)},time:(label="default")=>{startsMs.set(label,Date.now())},timeLog:(label="\
default",...values)=>log(elapsed(label),...values),timeEnd(label="default"){log(elapsed(label)),startsMs.
delete(label)}};var MAX_BYTES=65536,crypto={getRandomValues(view){if(!ArrayBuffer.isView(view)||view instanceof DataView)
throw new TypeError("Random values go into an array of integers");if(view.byteLength>MAX_BYTES)throw new DOMException(
`${view.byteLength} bytes are more than ${MAX_BYTES}`,"QuotaExceededError");return fillRandom(new Uint8Array(
view.buffer,view.byteOffset,view.byteLength)),view},randomUUID(){let bytes=crypto.getRandomValues(new Uint8Array(
16));return bytes[6]=bytes[6]&15|64,bytes[8]=bytes[8]&63|128,Array.from(bytes,byte=>byte.toString(16).
padStart(2,"0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/,"$1-$2-$3-$4-$5")}},pool=new Uint8Array(
128),words2=new DataView(pool.buffer),used=pool.length;function random(){used===pool.length&&(fillRandom(
pool),used=0);let high=words2.getUint32(used)>>>5,low=words2.getUint32(used+4)>>>6;return used+=8,(high*
2**26+low)/2**53}var KEPT=/^[*\-.0-9A-Z_a-z]$/,URLSearchParams=class _URLSearchParams{#pairs;#onChange;constructor(init=""){
this.#pairs=typeof init=="string"?parse(init.replace(/^\?/,"")):pairsOf(init)}static of(query,onChange){
let params=new _URLSearchParams(query);return params.#onChange=onChange,params}replaceAll(query){this.#pairs=
parse(query)}get size(){return this.#pairs.length}append(name,value){this.#pairs.push([text(name),text(
value)]),this.#onChange?.()}delete(name,value){this.#pairs=this.#pairs.filter(each=>!isMatch(each,name,
value)),this.#onChange?.()}get(name){return this.#pairs.find(each=>isMatch(each,name))?.[1]??null}getAll(name){
return this.#pairs.filter(each=>isMatch(each,name)).map(([,value])=>value)}has(name,value){return this.#pairs.
some(each=>isMatch(each,name,value))}set(name,value){let at=this.#pairs.findIndex(each=>isMatch(each,
name));if(at===-1)return this.append(name,value);this.#pairs=this.#pairs.filter((each,index)=>index<=
at||!isMatch(each,name)),this.#pairs[at]=[text(name),text(value)],this.#onChange?.()}sort(){this.#pairs.
sort(([a],[b])=>a<b?-1:a>b?1:0),this.#onChange?.()}forEach(callback,self){for(let[name,value]of this.#pairs)
callback.call(self,value,name,this)}*entries(){for(let[name,value]of this.#pairs)yield[name,value]}*keys(){
for(let[name]of this.#pairs)yield name}*values(){for(let[,value]of this.#pairs)yield value}[Symbol.iterator](){
return this.entries()}toString(){return this.#pairs.map(([name,value])=>`${encoded(name)}=${encoded(
value)}`).join("&")}get[Symbol.toStringTag](){return"URLSearchParams"}};function pairsOf(init){let pairs=Symbol.
iterator in init?init:Object.entries(init);return Array.from(pairs,pair=>{let[name,value,...rest]=pair;
if(name===void 0||value===void 0||rest.length>0)throw new TypeError("A parameter is a pair of a name\
 and a value");return[text(name),text(value)]})}function isMatch(pair,name,value){return pair[0]===String(
name)&&(value===void 0||pair[1]===String(value))}function text(value){return String(value).toWellFormed()}
function parse(query){return query.split("&").filter(each=>each!=="").map(each=>{let end2=each.indexOf(
"=");return end2===-1?[decoded(each),""]:[decoded(each.slice(0,end2)),decoded(each.slice(end2+1))]})}
function decoded(part){return percentDecode(part.replaceAll("+"," "))}function encoded(part){return/^[*\-.0-9A-Z_a-z]*$/.
test(part)?part:Array.from(encodeUtf8(part),byte=>{let character=String.fromCharCode(byte);return byte===
32?"+":KEPT.test(character)?character:percent(byte)}).join("")}function percent(byte){return"%"+byte.
toString(16).toUpperCase().padStart(2,"0")}function percentDecode(part){if(!part.includes("%"))return part;
let bytes=encodeUtf8(part),length=0;for(let at=0;at<bytes.length;at++){let hex=bytes[at]===37?String.
fromCharCode(bytes[at+1]??0,bytes[at+2]??0):"",isEscape=/^[0-9A-Fa-f]{2}$/.test(hex);bytes[length++]=
isEscape?parseInt(hex,16):bytes[at],isEscape&&(at+=2)}return decodeBytes(bytes.subarray(0,length))}var FormData=class extends URLSearchParams{get[Symbol.toStringTag](){return"FormData"}};function parseForm(body,contentType){
if(/^application\/x-www-form-urlencoded\b/i.test(contentType))return new FormData(decodeBytes(body));
let boundary=/^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);if(boundary===
null)throw new TypeError(`A body of type "${contentType}" is no form`);return parseMultipart(body,boundary[1]??
boundary[2])}function binaryText(bytes){let text2="";for(let at=0;at<bytes.length;at+=4096)text2+=String.
fromCharCode(...bytes.subarray(at,at+4096));return text2}function parseMultipart(body,boundary){let form=new FormData,
parts=(`\r
`+binaryText(body)).split(`\r
--${boundary}`);for(let part of parts.slice(1,-1)){let headEnd=part.indexOf(`\r
\r
`),name=/^content-disposition:.*?[;\s]name="([^"]*)"/im.exec(part.slice(0,headEnd))?.[1];if(headEnd===
-1||name===void 0)throw new TypeError("The form has a part without a name");form.append(decoded2(name),
decoded2(part.slice(headEnd+4)))}return form}function decoded2(binary){return decodeBytes(Uint8Array.
from(binary,each=>each.charCodeAt(0)))}var ReadableStream=class _ReadableStream{#source;#queue=[];#waiting=[];#state="readable";#reason;#reader;#isStarted=!1;#isPulling=!1;isDisturbed=!1;#controller;constructor(source={}){
this.#source=source;let stream=this;this.#controller={get desiredSize(){return stream.#desiredSize()},
enqueue:chunk=>this.#enqueue(chunk),close:()=>this.#close(),error:reason=>this.#fail(reason)};let started=source.
start?.(this.#controller);Promise.resolve(started).then(()=>{this.#isStarted=!0,this.#pull()},reason=>this.#fail(
reason))}static from(chunks){let iterator=Symbol.asyncIterator in chunks?chunks[Symbol.asyncIterator]():
chunks[Symbol.iterator]();return new _ReadableStream({async pull(controller){let{done,value}=await iterator.
next();done?controller.close():controller.enqueue(value)},cancel:reason=>iterator.return?.(reason)})}get locked(){
return this.#reader!==void 0}getReader(){if(this.locked)throw new TypeError("The stream has a reader\
 already");return this.#reader=new StreamReader({read:()=>this.#read(),cancel:reason=>this.#cancel(reason),
release:()=>this.#reader=void 0})}cancel(reason){return this.locked?Promise.reject(new TypeError("Th\
e stream has a reader")):this.#cancel(reason)}tee(){let reader=this.getReader(),controllers=[],pull=async()=>{
let{done,value}=await reader.read();for(let controller of controllers)done?controller.close():controller.
enqueue(value)},branch=()=>new _ReadableStream({start:controller=>{controllers.push(controller)},pull});
return[branch(),branch()]}async*[Symbol.asyncIterator](){let reader=this.getReader(),isDone=!1;try{for(;;){
let{done,value}=await reader.read();if(isDone=done,done)return;yield value}}finally{isDone||await reader.
cancel(),reader.releaseLock()}}values(){return this[Symbol.asyncIterator]()}get[Symbol.toStringTag](){
return"ReadableStream"}#desiredSize(){return this.#state==="errored"?null:this.#state==="readable"?1-
this.#queue.length:0}#enqueue(chunk){if(this.#state!=="readable")throw new TypeError("The stream is \
closed");let waiting=this.#waiting.shift();waiting===void 0?this.#queue.push(chunk):waiting.resolve(
{value:chunk,done:!1}),this.#isPulling||this.#pull()}#close(){if(this.#state!=="readable")throw new TypeError(
"The stream is closed");this.#state=this.#queue.length>0?"closing":"closed";for(let each of this.#waiting.
splice(0))each.resolve({value:void 0,done:!0})}#fail(reason){if(!(this.#state==="closed"||this.#state===
"errored")){this.#state="errored",this.#reason=reason,this.#queue.length=0;for(let each of this.#waiting.
splice(0))each.reject(reason)}}#read(){if(this.isDisturbed=!0,this.#queue.length>0){let value=this.#queue.
shift();return this.#state==="closing"&&this.#queue.length===0&&(this.#state="closed"),this.#pull(),
Promise.resolve({value,done:!1})}if(this.#state==="errored")return Promise.reject(this.#reason);if(this.#state===
"closed")return Promise.resolve({value:void 0,done:!0});let waiting=Promise.withResolvers();return this.#waiting.
push(waiting),this.#pull(),waiting.promise}async#cancel(reason){if(this.isDisturbed=!0,this.#state===
"errored")throw this.#reason;this.#state!=="closed"&&(this.#queue.length=0,this.#state="readable",this.#close(),
await this.#source.cancel?.(reason))}#pull(){let isWanted=this.#waiting.length>0||this.#queue.length<
1;if(!this.#isStarted||this.#isPulling||this.#state!=="readable"||!isWanted||this.#source.pull===void 0)
return;this.#isPulling=!0,new Promise(resolve=>resolve(this.#source.pull?.(this.#controller))).then(
()=>{this.#isPulling=!1,this.#pull()},reason=>this.#fail(reason))}},StreamReader=class{#stream;constructor(stream){
this.#stream=stream}read(){return this.#stream?.read()??Promise.reject(new TypeError("The reader was\
 released"))}cancel(reason){return this.#stream?.cancel(reason)??Promise.reject(new TypeError("The r\
eader was released"))}releaseLock(){this.#stream?.release(),this.#stream=void 0}};function bodyOf(init){return init instanceof ReadableStream?{source:init}:init instanceof URLSearchParams?
{source:encodeUtf8(init.toString()),contentType:"application/x-www-form-urlencoded;charset=UTF-8"}:init instanceof
ArrayBuffer||ArrayBuffer.isView(init)?{source:bytesOf(init).slice()}:{source:encodeUtf8(String(init)),
contentType:"text/plain;charset=UTF-8"}}var Body=class{#source;#stream=null;#isUsed=!1;constructor(source){
this.#source=source}get bodyUsed(){return this.#isUsed||this.#stream?.isDisturbed===!0}get body(){if(this.#source===
null)return null;if(this.#source instanceof ReadableStream)return this.#stream=this.#source;let source=this.#source;
return this.#stream??=new ReadableStream({pull(controller){let bytes=typeof source=="function"?source():
source;bytes.length>0&&controller.enqueue(bytes),controller.close()}})}async bytes(){return await this.
takeBody()}async arrayBuffer(){let bytes=await this.takeBody();return bytes.byteLength===bytes.buffer.
byteLength?bytes.buffer:bytes.slice().buffer}async text(){return withoutBom(decodeBytes(await this.takeBody()))}async json(){
return JSON.parse(await this.text())}async formData(){return parseForm(await this.takeBody(),this.headers.
get("content-type")??"")}takeBody(){if(this.bodyUsed)throw new TypeError("The body has been read alr\
eady");if(this.#source===null)return new Uint8Array(0);this.#isUsed=!0;let stream=this.#stream??this.#source;
return stream instanceof ReadableStream?bytesOfStream(stream):typeof stream=="function"?stream():stream.
slice()}copyBody(){if(this.bodyUsed)throw new TypeError("The body has been read already");let stream=this.#stream??
this.#source;if(typeof stream=="function")return this.#source=stream();if(!(stream instanceof ReadableStream))
return stream;let[mine,copy]=stream.tee();return this.#source=this.#stream=mine,copy}};async function bytesOfStream(stream){
let chunks=[];for await(let chunk of stream){if(!(chunk instanceof Uint8Array))throw new TypeError("\
A stream of a body yields Uint8Arrays, and this one yielded something else");chunks.push(chunk)}return joinBytes(
chunks)}function withoutBom(text2){return text2.charCodeAt(0)===65279?text2.slice(1):text2}var NAME=/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/,FORBIDDEN=/[\0-\x08\x0a-\x1f\x7f]/,SET_COOKIE="set-cookie",
Headers=class{#values=new Map;constructor(init){if(init==null)return;if(typeof init!="object")throw new TypeError(
"Headers are made of an object or pairs");let pairs=Symbol.iterator in init?init:Object.entries(init);
for(let pair of pairs){let[name,value,...rest]=pair;if(name===void 0||value===void 0||rest.length>0)
throw new TypeError("A header is a pair of a name and a value");this.append(name,value)}}append(name,value){
let key=keyOf(name),values=this.#values.get(key),text2=valueOf(name,value);values===void 0?this.#values.
set(key,[text2]):values.push(text2)}delete(name){this.#values.delete(keyOf(name))}get(name){return this.#values.
get(keyOf(name))?.join(", ")??null}getSetCookie(){return[...this.#values.get(SET_COOKIE)??[]]}has(name){
return this.#values.has(keyOf(name))}set(name,value){this.#values.set(keyOf(name),[valueOf(name,value)])}forEach(callback,self){
for(let[name,value]of this)callback.call(self,value,name,this)}*entries(){for(let name of[...this.#values.
keys()].sort()){let values=this.#values.get(name)??[];if(name!==SET_COOKIE)yield[name,values.join(",\
 ")];else for(let value of values)yield[name,value]}}*keys(){for(let[name]of this)yield name}*values(){
for(let[,value]of this)yield value}[Symbol.iterator](){return this.entries()}get[Symbol.toStringTag](){
return"Headers"}};function keyOf(name){let text2=String(name);if(!NAME.test(text2))throw new TypeError(
`${JSON.stringify(text2)} is no name of a header`);return text2.toLowerCase()}function valueOf(name,value){
let text2=String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g,"");if(FORBIDDEN.test(text2))throw new TypeError(
`The value of the header ${name} has a control character`);return text2}var AUTHORIZATION_VARIABLE="SKERRY_AUTHORIZATION",known;function surroundings(){if(noteLate(),known!==
void 0)return known;let variables=Object.fromEntries(readEnvironment()),authorization=variables[AUTHORIZATION_VARIABLE];
return delete variables[AUTHORIZATION_VARIABLE],known={variables,authorization}}function environment(){
return surroundings().variables}var Input=class extends Body{get headers(){return new Headers({"cont\
ent-type":environment().CONTENT_TYPE??""})}async*[Symbol.asyncIterator](){yield*this.body}};function toBytes(data){
return typeof data=="string"?encodeUtf8(data):bytesOf(data).slice()}var process={get env(){return environment()},
argv:[],stdin:new Input(readInput),stdout:{write(data){return print(toBytes(data)),!0}},stderr:{write(data){
return write(STDERR,toBytes(data)),!0}},exit(code=0){throw flush(),native.proc_exit(Number(code)&255),
new Error("exit returned")}};function toPunycode(label){let points=Array.from(label,character=>character.codePointAt(0)),output=points.
filter(point=>point<128).map(p=>String.fromCharCode(p)).join(""),basic=output.length;basic>0&&(output+=
"-");let n=128,delta=0,bias=72;for(let handled=basic;handled<points.length;n++,delta++){let next=Math.
min(...points.filter(point=>point>=n));delta+=(next-n)*(handled+1),n=next;for(let point of points)point<
n&&delta++,point===n&&(output+=variableLength(delta,bias),bias=adapt(delta,handled+1,handled===basic),
delta=0,handled++)}return output}function variableLength(delta,bias){let digits="";for(let k=36;;k+=
36){let threshold=Math.min(Math.max(k-bias,1),26);if(delta<threshold)return digits+digit(delta);digits+=
digit(threshold+(delta-threshold)%(36-threshold)),delta=Math.floor((delta-threshold)/(36-threshold))}}
function digit(value){return"abcdefghijklmnopqrstuvwxyz0123456789"[value]}function adapt(delta,count,isFirst){
let rest=Math.floor(delta/(isFirst?700:2));rest+=Math.floor(rest/count);let k=0;for(;rest>910/2;k+=36)
rest=Math.floor(rest/35);return k+Math.floor(36*rest/(rest+38))}var FORBIDDEN2=/[\0-\x20"#/:<>?@[\\\]^`{|}%\x7f]/,FORBIDDEN_OPAQUE=/[\0\t\n\r #/:<>?@[\\\]^|]/;function parseHost(text2){
if(text2.startsWith("["))return text2.endsWith("]")?parseIpv6(text2.slice(1,-1)):void 0;let domain=toAscii(
percentDecode(text2));if(domain===""||FORBIDDEN2.test(domain))return;let last=domain.replace(/\.$/,"").
split(".").at(-1);return/^\d+$/.test(last)||/^0x[\da-f]*$/i.test(last)?parseIpv4(domain):domain}function parseOpaqueHost(text2){
return text2.startsWith("[")?parseHost(text2):FORBIDDEN_OPAQUE.test(text2)?void 0:text2}function toAscii(domain){
return domain.normalize("NFKC").toLowerCase().normalize("NFC").replaceAll("\u3002",".").split(".").map(
label=>/[^\0-\x7f]/.test(label)?"xn--"+toPunycode(label):label).join(".")}function parseIpv4(domain){
let parts=domain.replace(/\.$/,"").split(".");if(parts.length>4)return;let numbers=parts.map(parseIpv4Number),
address=0;for(let[index,number]of numbers.entries()){let isLast=index===numbers.length-1;if(number===
void 0||number>=(isLast?256**(5-numbers.length):256))return;address+=isLast?number:number*256**(3-index)}
return[24,16,8,0].map(shift=>Math.floor(address/2**shift)%256).join(".")}function parseIpv4Number(part){
return/^0x[\da-f]*$/i.test(part)?part.length===2?0:parseInt(part.slice(2),16):/^0[0-7]+$/.test(part)?
parseInt(part,8):/^(0|[1-9]\d*)$/.test(part)?Number(part):void 0}function parseIpv6(text2){let[head,
tail,...rest]=text2.split("::");if(rest.length>0||head===void 0)return;let before=parsePieces(head,tail===
void 0),after=tail===void 0?[]:parsePieces(tail,!0);if(before===void 0||after===void 0)return;let missing=8-
before.length-after.length;if(!(tail===void 0?missing!==0:missing<1))return`[${formatIpv6([...before,
...new Array(missing).fill(0),...after])}]`}function parsePieces(text2,isEnd){if(text2==="")return[];
let pieces=[],parts=text2.split(":");for(let[index,part]of parts.entries())if(isEnd&&index===parts.length-
1&&part.includes(".")){let bytes=/^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part)?.slice(1).
map(Number);if(bytes===void 0||bytes.some(byte=>byte>255))return;pieces.push(bytes[0]*256+bytes[1],bytes[2]*
256+bytes[3])}else if(/^[\da-f]{1,4}$/i.test(part))pieces.push(parseInt(part,16));else return;return pieces}
function formatIpv6(pieces){let text2=pieces.map(piece=>piece.toString(16)).join(":"),longest=[...text2.
matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run])=>run).sort((a,b)=>b.replace(/^:/,"").length-a.replace(
/^:/,"").length)[0];if(longest===void 0)return text2;let at=text2.search(new RegExp(`${longest}(?=:|\
$)`));return`${text2.slice(0,at)}::${text2.slice(at+longest.length).replace(/^:/,"")}`}var SPECIAL={"http:":"80","https:":"443","ws:":"80","wss:":"443","ftp:":"21","file:":""};function isSpecial(scheme){
return Object.hasOwn(SPECIAL,scheme)}var FRAGMENT=' "<>`',QUERY=' "#<>',PATH=' "#<>?^`{}',USERINFO='\
 "#<>?^`{}/:;=@[\\]|';function parseUrl(text2,base){let input=text2.replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]/g,
""),scheme=/^([a-z][a-z\d+\-.]*:)/i.exec(input)?.[1]?.toLowerCase();if(scheme===void 0)return base&&
parseRelative(input,base);let rest=input.slice(scheme.length);return base?.scheme===scheme&&isSpecial(
scheme)&&!/^[/\\]{2}/.test(rest)?parseRelative(rest,base):parseAbsolute(scheme,rest)}function parseAbsolute(scheme,rest){
let{before,query,fragment}=splitTail(rest,scheme),parts={...EMPTY,scheme,query,fragment};if(isSpecial(
scheme)&&scheme!=="file:")return withAuthority(parts,before.replace(/^[/\\]*/,""));let slashes=scheme===
"file:"?before.replaceAll("\\","/"):before;return slashes.startsWith("//")?withAuthority(parts,slashes.
slice(2)):slashes.startsWith("/")||scheme==="file:"?{...parts,host:scheme==="file:"?"":null,path:normalise(
[],slashes.replace(/^\//,""),scheme)}:{...parts,path:encodeSet(before,"")}}var EMPTY={username:"",password:"",
host:null,port:"",path:""};function parseRelative(input,base){let{scheme}=base,{before,query,fragment}=splitTail(
input,scheme);if(typeof base.path=="string")return before===""&&query===null&&fragment!==null?{...base,
fragment}:void 0;let slashes=isSpecial(scheme)?before.replaceAll("\\","/"):before;if(slashes.startsWith(
"//")){let authority=isSpecial(scheme)&&scheme!=="file:"?slashes.replace(/^\/+/,""):slashes.slice(2);
return withAuthority({...EMPTY,scheme,query,fragment},authority)}if(slashes==="")return{...base,query:query??
base.query,fragment};let from=slashes.startsWith("/")?[]:base.path.slice(0,-1);return{...base,path:normalise(
from,slashes.replace(/^\//,""),scheme),query,fragment}}function splitTail(input,scheme){let fragmentAt=input.
indexOf("#"),whole=fragmentAt===-1?input:input.slice(0,fragmentAt),queryAt=whole.indexOf("?");return{
before:queryAt===-1?whole:whole.slice(0,queryAt),query:queryAt===-1?null:encodeQuery(whole.slice(queryAt+
1),scheme),fragment:fragmentAt===-1?null:encodeFragment(input.slice(fragmentAt+1))}}function withAuthority(parts,text2){
let{scheme}=parts,end2=text2.search(isSpecial(scheme)?/[/\\]/:/\//),authority=end2===-1?text2:text2.
slice(0,end2),at=authority.lastIndexOf("@"),credentials=at===-1?"":authority.slice(0,at),colon=credentials.
indexOf(":"),place=parsePlace(authority.slice(at+1),scheme);if(place===void 0||scheme==="file:"&&at!==
-1||place.host===""&&(place.port!==""||at!==-1))return;let path=end2===-1&&!isSpecial(scheme)?[]:normalise(
[],text2.slice(end2+1||1/0),scheme);return{...parts,...place,username:encodeUserinfo(colon===-1?credentials:
credentials.slice(0,colon)),password:colon===-1?"":encodeUserinfo(credentials.slice(colon+1)),path}}
function parsePlace(text2,scheme){let[,name,,port=""]=/^(\[[^\]]*\]|[^:]*)(:(\d*))?$/.exec(text2)??[];
if(name===void 0||Number(port)>65535)return;if(scheme==="file:"){if(text2==="")return{host:"",port:""};
let host2=text2===name?parseHost(name):void 0;return host2===void 0?void 0:{host:host2==="localhost"?
"":host2,port:""}}let host=isSpecial(scheme)?parseHost(name):encodeOpaqueHost(name);return host===void 0?
void 0:{host,port:normalPort(port,scheme)}}function encodeOpaqueHost(name){let host=parseOpaqueHost(
name);return host&&encodeSet(host,"")}function normalPort(port,scheme){let plain=port===""?"":String(
Number(port));return plain===SPECIAL[scheme]?"":plain}function normalise(from,path,scheme){let segments=[
...from],parts=path.split(isSpecial(scheme)?/[/\\]/:"/");for(let[index,part]of parts.entries()){let isLast=index===
parts.length-1,dots=part.replace(/%2e/gi,".");dots===".."?segments.pop():dots!=="."&&segments.push(encodeSet(
part,PATH)),isLast&&(dots==="."||dots==="..")&&segments.push("")}return segments}function encodeQuery(text2,scheme){
return encodeSet(text2,isSpecial(scheme)?QUERY+"'":QUERY)}function encodeFragment(text2){return encodeSet(
text2,FRAGMENT)}function encodeUserinfo(text2){return encodeSet(text2,USERINFO)}function encodeSet(text2,set){
return/^[\w\-.~/]*$/.test(text2)?text2:Array.from(text2,character=>character>""&&character<"\x7F"&&
!set.includes(character)?character:Array.from(encodeUtf8(character),percent).join("")).join("")}function pathText(path){
return typeof path=="string"?path:path.map(each=>"/"+each).join("")}function formatUrl(parts){let{scheme,
username,password,host,port,path,query,fragment}=parts,credentials=username+(password&&":"+password)&&
`${username}${password&&":"+password}@`,authority=host===null?"":`//${credentials}${host}${port&&":"+
port}`,text2=pathText(path),guard=host===null&&typeof path!="string"&&path.length>1&&path[0]===""?"/\
.":"";return scheme+authority+guard+text2+(query===null?"":"?"+query)+(fragment===null?"":"#"+fragment)}var URL=class _URL{#parts;#params;constructor(url,base){this.#parts=parsed(String(url),base)}static canParse(url,base){
return _URL.parse(url,base)!==null}static parse(url,base){try{return new _URL(url,base)}catch{return null}}get href(){
return formatUrl(this.#parts)}set href(value){this.#parts=parsed(String(value)),this.#queryChanged()}get origin(){
let{scheme}=this.#parts;return isSpecial(scheme)&&scheme!=="file:"?`${scheme}//${this.host}`:"null"}get protocol(){
return this.#parts.scheme}set protocol(value){let scheme=/^([a-z][a-z\d+\-.]*)(:|$)/i.exec(String(value))?.[1]?.
toLowerCase()+":";isSpecial(scheme)!==isSpecial(this.protocol)||scheme==="undefined:"||(this.#parts.
scheme=scheme,this.#parts.port=normalPort(this.port,scheme))}get username(){return this.#parts.username}set username(value){
this.#parts.host&&(this.#parts.username=encodeUserinfo(String(value)))}get password(){return this.#parts.
password}set password(value){this.#parts.host&&(this.#parts.password=encodeUserinfo(String(value)))}get host(){
return this.hostname+(this.port&&":"+this.port)}set host(value){if(typeof this.#parts.path=="string")
return;let place=parsePlace(String(value).replace(/[/?#].*$/s,""),this.protocol);if(place===void 0)return;
let hasPort=/:\d+$/.test(String(value));Object.assign(this.#parts,hasPort?place:{host:place.host})}get hostname(){
return this.#parts.host??""}set hostname(value){if(typeof this.#parts.path=="string")return;let place=parsePlace(
String(value).replace(/[/?#].*$/s,""),this.protocol);place!==void 0&&!/:\d+$/.test(String(value))&&(this.#parts.
host=place.host)}get port(){return this.#parts.port}set port(value){let digits=/^\d*/.exec(String(value))[0];
!this.#parts.host||this.protocol==="file:"||Number(digits)>65535||(digits!==""||String(value)==="")&&
(this.#parts.port=normalPort(digits,this.protocol))}get pathname(){return pathText(this.#parts.path)}set pathname(value){
if(typeof this.#parts.path=="string")return;let path=String(value).replaceAll("?","%3F").replaceAll(
"#","%23"),first=isSpecial(this.protocol)?/^[/\\]/:/^\//;this.#parts.path=normalise([],path.replace(
first,""),this.protocol)}get search(){return this.#parts.query?"?"+this.#parts.query:""}set search(value){
let query=String(value).replace(/^\?/,"").replaceAll("#","%23");this.#parts.query=String(value)===""?
null:encodeQuery(query,this.protocol),this.#queryChanged()}get searchParams(){return this.#params??=
URLSearchParams.of(this.#parts.query??"",()=>{this.#parts.query=this.#params.toString()||null})}get hash(){
return this.#parts.fragment?"#"+this.#parts.fragment:""}set hash(value){let fragment=String(value).replace(
/^#/,"");this.#parts.fragment=String(value)===""?null:encodeFragment(fragment)}toString(){return this.
href}toJSON(){return this.href}get[Symbol.toStringTag](){return"URL"}#queryChanged(){this.#params?.replaceAll(
this.#parts.query??"")}};function parsed(text2,base){let from=base===void 0?void 0:parseUrl(String(base)),
parts=base!==void 0&&from===void 0?void 0:parseUrl(text2,from);if(parts===void 0)throw new TypeError(
`Invalid URL: ${JSON.stringify(text2)}`);return{...parts}}var NORMALISED=["DELETE","GET","HEAD","OPTIONS","POST","PUT"],BODYLESS=["GET","HEAD"],RunSource=class{constructor(environ,readBody,authorization){
this.environ=environ;this.readBody=readBody;this.authorization=authorization}environ;readBody;authorization;get method(){
return this.environ.REQUEST_METHOD??"GET"}get body(){return BODYLESS.includes(this.method)?null:this.
readBody}},Request=class _Request extends Body{#run;#url;#method;#headers;constructor(input,init={}){
let from=input instanceof _Request?input:void 0,made=init.body===void 0||init.body===null?void 0:bodyOf(
init.body);if(super(input instanceof RunSource?input.body:made?.source??from?.copyBody()??null),input instanceof
RunSource){this.#run=input,this.#method=input.method;return}if(this.#url=from?.url??new URL(String(input)).
href,this.#method=methodOf(init.method??from?.method??"GET"),this.#headers=new Headers(init.headers??
from?.headers),made!==void 0&&BODYLESS.includes(this.#method))throw new TypeError(`A ${this.#method}\
 request has no body`);made?.contentType!==void 0&&!this.#headers.has("content-type")&&this.#headers.
set("content-type",made.contentType)}get url(){return this.#url??this.#run?.environ.X_FULL_URL??"htt\
p://localhost/"}get method(){return this.#method}get headers(){return this.#headers??=headersOf(this.#run)}clone(){
return new _Request(this)}get[Symbol.toStringTag](){return"Request"}},PREFIX="HTTP_";function headersOf({
environ={},authorization}={}){let headers=new Headers;authorization!==void 0&&headers.append("author\
ization",authorization);for(let name in environ)name.startsWith(PREFIX)&&headers.append(name.slice(PREFIX.
length).replaceAll("_","-"),environ[name]);return headers}function methodOf(method){let upper=String(
method).toUpperCase();if(!/^[!#$%&'*+\-.^_`|~\w]+$/.test(method))throw new TypeError(`${method} is n\
o method`);return NORMALISED.includes(upper)?upper:String(method)}var BODYLESS2=[204,205,304],REDIRECTS=[301,302,303,307,308],Response=class _Response extends Body{status;statusText;headers;constructor(body,{
status=200,statusText="",headers}={}){let made=body==null?void 0:bodyOf(body);if(super(made?.source??
null),!Number.isInteger(status)||status<200||status>599)throw new RangeError(`The status ${status} i\
s not an integer from 200 to 599`);if(made!==void 0&&BODYLESS2.includes(status))throw new TypeError(
`A response with status ${status} has no body`);this.status=status,this.statusText=String(statusText),
this.headers=new Headers(headers),made?.contentType!==void 0&&!this.headers.has("content-type")&&this.
headers.set("content-type",made.contentType)}get ok(){return this.status<300}clone(){return new _Response(
this.copyBody(),this)}static json(data,init={}){let text2=JSON.stringify(data);if(text2===void 0)throw new TypeError(
"The data has no form in JSON");let headers=new Headers(init.headers);return headers.has("content-ty\
pe")||headers.set("content-type","application/json"),new _Response(text2,{...init,headers})}static redirect(url,status=302){
if(!REDIRECTS.includes(status))throw new RangeError(`The status ${status} redirects nowhere`);return new _Response(
null,{status,headers:{location:new URL(String(url)).href}})}get[Symbol.toStringTag](){return"Respons\
e"}};function structuredClone(value){return copyOf(value,new Map)}function copyOf(value,copies){if(typeof value==
"function"||typeof value=="symbol")throw notCloneable(value);if(typeof value!="object"||value===null)
return value;if(copies.has(value))return copies.get(value);let copy=emptyCopy(value,copies);if(copies.
set(value,copy),value instanceof Map)for(let[key,each]of value)copy.set(copyOf(key,copies),copyOf(each,
copies));else if(value instanceof Set)for(let each of value)copy.add(copyOf(each,copies));else if(isPlain(
value)){let from=value;for(let key of Object.keys(from))copy[key]=copyOf(from[key],copies)}return copy}
function isPlain(value){return Array.isArray(value)||Object.prototype.toString.call(value)==="[objec\
t Object]"}function emptyCopy(value,copies){if(value instanceof Date)return new Date(value.getTime());
if(value instanceof RegExp)return new RegExp(value.source,value.flags);if(value instanceof Map)return new Map;
if(value instanceof Set)return new Set;if(value instanceof ArrayBuffer)return value.slice(0);if(ArrayBuffer.
isView(value)){let buffer=copyOf(value.buffer,copies),{byteOffset}=value,View=value.constructor;return new View(
buffer,byteOffset,value.length??value.byteLength)}if(value instanceof Error){let copy=new value.constructor(
value.message);return Object.assign(copy,{stack:value.stack})}if(value instanceof Boolean||value instanceof
Number||value instanceof String)return Object(value.valueOf());if(Array.isArray(value))return new Array(
value.length);if(isPlain(value))return{};throw notCloneable(value)}function notCloneable(value){return new DOMException(
`A ${typeof value} cannot be cloned`,"DataCloneError")}var timers=[],lastId=0;function setTimeout(callback,ms=0,...args){return start(callback,ms,{isRepeated:!1,
args})}function setInterval(callback,ms=0,...args){return start(callback,ms,{isRepeated:!0,args})}function clearTimeout(id){
let at=timers.findIndex(each=>each.id===id);at!==-1&&timers.splice(at,1)}function runTimer(){let timer=timers.
shift();if(timer===void 0)return!1;let waitMs=timer.dueMs-Date.now();return waitMs>0&&sleep(waitMs),
timer.intervalMs!==void 0&&(timer.dueMs=Math.max(timer.dueMs,Date.now())+timer.intervalMs,insert(timer)),
timer.callback(),!0}function start(callback,ms,{isRepeated,args}){if(typeof callback!="function")throw new TypeError(
"A timer calls a function");noteLate();let delayMs=Math.max(Math.trunc(Number(ms))||0,isRepeated?1:0),
timer={id:++lastId,callback:()=>callback(...args),dueMs:Date.now()+delayMs,intervalMs:isRepeated?delayMs:
void 0};return insert(timer),timer.id}function insert(timer){let at=timers.findIndex(({dueMs})=>dueMs>
timer.dueMs);timers.splice(at===-1?timers.length:at,0,timer)}var GLOBALS={FormData,Headers,ReadableStream,Request,Response,TextDecoder,TextEncoder,URL,URLSearchParams,
clearInterval:clearTimeout,clearTimeout,console,crypto,fetch:()=>Promise.reject(new TypeError("fetch\
 is not available: functions have no network")),process,setInterval,setTimeout,structuredClone};function installGlobals(){
for(let[name,value]of Object.entries(GLOBALS))Object.defineProperty(globalThis,name,{value,writable:!0,
configurable:!0});Math.random=random}var beganMs=Date.now();function beginRun(){beganMs=Date.now(),globalThis.
performance.now=()=>Date.now()-beganMs}function handlerOf(exported){if(typeof exported=="function")return exported;let fetch=exported?.fetch;
return typeof fetch=="function"?fetch.bind(exported):void 0}async function answer(handler){logToError();
let{variables,authorization}=surroundings(),waiting=[],context={waitUntil:promise=>{waiting.push(promise)},
passThroughOnException:()=>{}},request=new Request(new RunSource(variables,readInput,authorization)),
response=await handler(request,variables,context);if(!(response instanceof Response))throw new TypeError(
`The handler returned ${inspect(response)}; expected a Response`);print(encodeUtf8(headOf(response))),
print(await response.takeBody()),await Promise.all(waiting)}function headOf({status,headers}){let head=`\
Status: ${status}
`;for(let[name,value]of headers)name!=="status"&&(head+=`${name}: ${value}
`);return head+`
`}var work,settled,hasAnswered=!1;function begin(){native.mode==="serve"&&beginRun(),work=native.mode===
"load"?native.evaluate():serve(),work.then(()=>settled={isOk:!0},error=>settled={isOk:!1,error})}async function serve(){
native.loaded!=="1"&&await native.evaluate();let exported=native.namespace().default,handler=handlerOf(
exported);if(hasAnswered=handler!==void 0,handler!==void 0)await answer(handler);else if(exported!==
void 0)throw new TypeError(NO_HANDLER)}var NO_HANDLER="The default export is neither a function nor \
an object with a function fetch";function step(){try{if(work===void 0)return begin(),!0;if(!(settled!==
void 0&&(hasAnswered||!settled.isOk))&&runTimer())return!0;end(settled??{isOk:!1,error:new Error("No\
thing is left that could settle what is awaited")})}catch(error){end({isOk:!1,error})}return!1}function end(how){
if(native.mode==="load")return report(how);how.isOk?flush():logError(how.error),how.isOk||native.proc_exit(
1)}function report({isOk,error}){work=settled=void 0;let exported=isOk?native.namespace().default:void 0,
isHandler=handlerOf(exported)!==void 0;native.report=JSON.stringify({isLate:isLate(),isHandler,...isOk?
isHandler||exported===void 0?{}:{message:NO_HANDLER}:faultOf(error)})}function faultOf(error){let stack=error instanceof
Error?String(error.stack):"",place=new RegExp(`${MODULE_NAME}:(\\d+):(\\d+)`).exec(stack);return{message:describeError(
error),...place===null?{}:userPlaceOf(Number(place[1]),Number(place[2]))}}installGlobals();native.step=
step;})();
